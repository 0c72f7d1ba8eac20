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

  /// The first output as said, every other left alone.
  static List<Result> firstResult(Node node, Result result) {
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      results.add(i == 0 ? result : new Result.Untouched());
    }
    return results;
  }

  /// The role of a bias added to `channels` output channels; a decision to keep the node when the
  /// bias is computed, which INT32 codes cannot express.
  ///
  /// @param attribute the attribute the operator multiplies the bias with, if it has one
  static BiasRole bias(
      Node node, int index, ModelFacts facts, long channels, Optional<String> attribute) {
    if (node.input(index).isEmpty()) {
      return new BiasRole.Absent();
    }
    String bias = "bias '" + node.input(index).orElseThrow().name() + "' ";
    Optional<DenseTensor> constant = facts.constantInput(node, index);
    if (constant.isEmpty()) {
      return new BiasRole.Unfit(bias + "is computed, not constant");
    }
    if (!facts.isReal(node, index)) {
      return new BiasRole.Unfit(bias + "does not hold 32- or 16-bit floats");
    }
    List<Long> dims = constant.get().dims();
    long last = dims.isEmpty() ? 1 : dims.getLast();
    if (last != channels && last != 1) {
      return new BiasRole.Unfit(
          bias + "of shape " + dims + " is not one number for each output channel");
    }
    float factor = attribute.map(name -> node.floatAttribute(name, 1f)).orElse(1f);
    return new BiasRole.Fit(new Operand.Bias(0, 1, factor, attribute, Math.toIntExact(channels)));
  }

  sealed interface BiasRole {
    record Absent() implements BiasRole {}

    record Fit(Operand.Bias operand) implements BiasRole {}

    record Unfit(String reason) implements BiasRole {}
  }

  /// A weight with its output channels on one axis, whose products are added up along another.
  static Operand weight(int channelAxis, int sumAxis, float factor) {
    return new Operand.Weight(OptionalInt.of(channelAxis), OptionalInt.of(sumAxis), factor);
  }

  /// A weight with one scale.
  static Operand weight() {
    return new Operand.Weight(OptionalInt.empty(), OptionalInt.empty(), 1f);
  }
}
