package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Roles that several operator families share.
final class Operands {
  private Operands() {}

  /// The first input as the activation, everything after it left alone.
  static List<Operand> firstOnly(Node node) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      operands.add(i == 0 ? new Operand.Activation() : new Operand.Untouched());
    }
    return operands;
  }

  /// Every input as an activation.
  static List<Operand> allActivations(Node node) {
    return node.inputs().stream()
        .map(value -> value == null ? (Operand) new Operand.Untouched() : new Operand.Activation())
        .toList();
  }

  /// Every output the same way.
  static List<Result> everyResult(Node node, Result result) {
    return node.outputs().stream()
        .map(value -> value == null ? new Result.Untouched() : result)
        .toList();
  }

  /// The role of a bias added to `channels` output channels; empty when the input is absent; a
  /// decision to keep the node when the bias is of a kind that INT32 codes cannot express.
  static BiasRole bias(Node node, int index, ModelFacts facts, long channels, float factor) {
    if (node.input(index).isEmpty()) {
      return new BiasRole.Absent();
    }
    String name = node.input(index).orElseThrow().name();
    Optional<DenseTensor> constant = facts.constantInput(node, index);
    if (constant.isEmpty()) {
      return new BiasRole.Unfit("bias '" + name + "' is computed, not constant");
    }
    if (!facts.isFloat32(node, index)) {
      return new BiasRole.Unfit("bias '" + name + "' does not hold 32-bit floats");
    }
    List<Long> dims = constant.get().dims();
    long elements = constant.get().elementCount();
    boolean onlyLast = dims.stream().limit(Math.max(0, dims.size() - 1)).allMatch(d -> d == 1);
    if (!onlyLast || (elements != channels && elements != 1)) {
      return new BiasRole.Unfit(
          "bias '" + name + "' of shape " + dims + " is not one number for each output channel");
    }
    return new BiasRole.Fit(new Operand.Bias(0, 1, factor, Math.toIntExact(channels)));
  }

  sealed interface BiasRole {
    record Absent() implements BiasRole {}

    record Fit(Operand.Bias operand) implements BiasRole {}

    record Unfit(String reason) implements BiasRole {}
  }

  static Operand weight(int channelAxis, float factor) {
    return new Operand.Weight(OptionalInt.of(channelAxis), factor);
  }
}
