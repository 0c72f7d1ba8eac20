package dev.octet.lint;

import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        case "Conv", "ConvTranspose", "Gemm" -> weight(node).ifPresent(findings::add);
        case "QuantizeLinear" -> quantizer(node).ifPresent(findings::add);
        default -> {}
      }
    }
    return findings;
  }

  private Optional<Finding> weight(LintNode node) {
    return node.node()
        .input(1)
        .filter(value -> !isConstant(value))
        .map(
            value ->
                at(
                    node,
                    value.name(),
                    value.isGraphInput()
                        ? "its weight '%s' is an input, which a caller could replace"
                            .formatted(value.name())
                        : "its weight '%s' is computed in every run".formatted(value.name()),
                    Fix.command("prepare", Fix.MODEL, "-o", Fix.RESULT)));
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
