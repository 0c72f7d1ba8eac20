package dev.octet.lint;

import dev.octet.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A convolution or fully connected layer whose weight is computed in every run, or quantized in
/// every run.
final class DynamicKernel implements LintRule {
  @Override
  public String name() {
    return "dynamic-kernel";
  }

  @Override
  public String description() {
    return "A weight that is computed in every run cannot be stored as codes with a scale for each"
        + " channel, and most accelerators refuse it; one that is stored in float and quantized in"
        + " every run is four times as large as it need be.";
  }

  @Override
  public Severity severity() {
    return Severity.WARNING;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    for (LintNode node : subject.nodes()) {
      switch (node.operator()) {
        case "Conv", "ConvTranspose", "Gemm" -> weight(node, subject).ifPresent(findings::add);
        case "QuantizeLinear" -> quantizer(node).ifPresent(findings::add);
        default -> {}
      }
    }
    return findings;
  }

  private Optional<Finding> weight(LintNode node, LintSubject subject) {
    Optional<Value> weight = node.node().input(1).filter(value -> !isConstant(value));
    if (weight.isEmpty()) {
      return Optional.empty();
    }
    Value value = weight.get();
    if (isFixed(value)) {
      String how =
          value.isGraphInput()
              ? "is an input, which a caller could replace"
              : "is computed in every run";
      return Optional.of(
          at(
              node,
              value.name(),
              "its weight '%s' %s".formatted(value.name(), how),
              Fix.command("prepare", Fix.MODEL, "-o", Fix.RESULT)));
    }
    // A layer left in float, in a model that is quantized otherwise.
    boolean kept = subject.isQuantized() && !QuantizedBorder.comesFromCodes(value);
    return kept
        ? Optional.empty()
        : Optional.of(
            at(
                node,
                value.name(),
                value.isGraphInput()
                    ? "its weight '%s' is an input that every caller gives".formatted(value.name())
                    : "its weight '%s' is computed in every run, from inputs of the model"
                        .formatted(value.name()),
                Fix.command(
                    "quantize",
                    subject.isQuantized() ? Fix.FLOAT_MODEL : Fix.MODEL,
                    "--data",
                    Fix.DATA,
                    "-o",
                    Fix.RESULT,
                    "--keep-node",
                    node.label())));
  }

  /// Whether a value is the same in every run, once no caller can replace the model's defaults:
  /// what `prepare` makes a constant.
  private static boolean isFixed(Value value) {
    Deque<Value> open = new ArrayDeque<>(List.of(value));
    Set<Value> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      Value each = open.pop();
      if (each.initializer().isPresent()) {
        continue;
      }
      if (each.producer().isEmpty() || !each.producer().get().subgraphs().isEmpty()) {
        return false;
      }
      for (Value input : each.producer().get().inputs()) {
        if (input != null && seen.add(input)) {
          open.push(input);
        }
      }
    }
    return true;
  }

  private Optional<Finding> quantizer(LintNode node) {
    return node.node()
        .input(0)
        .filter(value -> LintSubject.constant(value).isPresent())
        .map(
            value ->
                at(
                    node,
                    value.name(),
                    "'%s' is stored in float and quantized in every run".formatted(value.name()),
                    Fix.command(
                        "quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)));
  }

  /// Whether a value is constant, or a constant in another form.
  private static boolean isConstant(Value value) {
    if (LintSubject.constant(value).isPresent() || value.opaqueInitializer().isPresent()) {
      return true;
    }
    return value
        .producer()
        .filter(node -> node.inputs().size() > 0)
        .filter(
            node ->
                switch (node.opType()) {
                  case "DequantizeLinear", "QuantizeLinear", "Identity", "Cast" -> true;
                  case "Transpose", "Reshape", "Squeeze", "Unsqueeze" -> true;
                  default -> false;
                })
        .flatMap(node -> node.input(0))
        .filter(DynamicKernel::isConstant)
        .isPresent();
  }
}
