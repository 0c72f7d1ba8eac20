package dev.octet.lint;

import java.util.List;

/// One kind of finding. To add one: write one class, test it, and add one line to [StandardRules].
public interface LintRule {
  /// Stable kebab-case name, for `--disable`, scripts and result files.
  String name();

  /// What it finds and why that matters, in one sentence.
  String description();

  /// How bad its findings are as a rule.
  Severity severity();

  /// What it finds, in graph order.
  List<Finding> check(LintSubject subject);

  /// A finding of this rule, at its usual severity, about a node.
  default Finding at(LintNode node, String tensor, String reason, Fix fix) {
    return at(severity(), node, tensor, reason, fix);
  }

  /// A finding of this rule about a node.
  default Finding at(Severity severity, LintNode node, String tensor, String reason, Fix fix) {
    return new Finding(name(), severity, node.label(), node.operator(), tensor, reason, fix);
  }

  /// A finding of this rule about the model as a whole.
  default Finding onModel(String reason, Fix fix) {
    return new Finding(name(), severity(), "", "", "", reason, fix);
  }
}
