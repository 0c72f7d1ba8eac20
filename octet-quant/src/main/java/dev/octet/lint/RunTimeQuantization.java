package dev.octet.lint;

import java.util.ArrayList;
import java.util.List;

/// An activation whose range is measured in every run.
final class RunTimeQuantization implements LintRule {
  @Override
  public String name() {
    return "run-time-quantization";
  }

  @Override
  public String description() {
    return "The range of an activation is measured in every run and its result dequantized again:"
        + " no samples are needed, but every layer pays for it and none is fused with the next.";
  }

  @Override
  public Severity severity() {
    return Severity.NOTE;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    for (LintNode node : subject.nodes()) {
      if (node.node().opType().startsWith("DynamicQuantize")) {
        findings.add(
            at(
                node,
                "",
                "measures the range of its input in every run",
                Fix.command("quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)));
      }
    }
    return findings;
  }
}
