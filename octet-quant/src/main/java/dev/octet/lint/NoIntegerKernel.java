package dev.octet.lint;

import java.util.ArrayList;
import java.util.List;

/// An operator that ONNX Runtime computes in float on a CPU, whatever surrounds it.
final class NoIntegerKernel implements LintRule {
  @Override
  public String name() {
    return "no-integer-kernel";
  }

  @Override
  public String description() {
    return "ONNX Runtime has no integer kernel for the operator on a CPU: it stays in float, and"
        + " where it stands between quantized layers it costs a conversion each way.";
  }

  @Override
  public Severity severity() {
    return Severity.NOTE;
  }

  /// A note on a float model, where it may be left as it is; a warning where the model as it stands
  /// dequantizes for it and quantizes again for nothing that computes on codes.
  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    for (LintNode node : subject.nodes()) {
      if (!IntegerKernels.isFloatArithmetic(node.node())
          || IntegerKernels.has(node.node(), subject.opset())) {
        continue;
      }
      if (!subject.isQuantized()) {
        findings.add(inFloat(node));
      } else if (QuantizedBorder.isBetweenCodes(node.node())
          && !QuantizedBorder.feedsIntegerKernel(node.node(), subject.opset())) {
        findings.add(
            at(
                Severity.WARNING,
                node,
                "",
                "is dequantized for and quantized after, in vain: " + without(node),
                keep(node, Fix.FLOAT_MODEL)));
      }
    }
    return findings;
  }

  private Finding inFloat(LintNode node) {
    return IntegerKernels.since(node.node())
        .map(
            opset ->
                at(
                    node,
                    "",
                    "stays in float: %s takes codes from opset %d on"
                        .formatted(node.operator(), opset),
                    Fix.command("prepare", Fix.MODEL, "-o", Fix.RESULT, "--opset", "13")))
        .orElseGet(() -> at(node, "", "stays in float: " + without(node), keep(node, Fix.MODEL)));
  }

  private static String without(LintNode node) {
    return "ONNX Runtime has no integer kernel for " + node.operator() + " on a CPU";
  }

  private static Fix keep(LintNode node, String model) {
    return Fix.command(
        "quantize", model, "--data", Fix.DATA, "-o", Fix.RESULT, "--keep-op", node.operator());
  }
}
