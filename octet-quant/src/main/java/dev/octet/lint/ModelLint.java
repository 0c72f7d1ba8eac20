package dev.octet.lint;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Looks a model over for what will go wrong, without running it.
public final class ModelLint {
  private ModelLint() {}

  /// Every rule, in the order findings are reported.
  public static List<LintRule> rules() {
    return StandardRules.all();
  }

  /// The rules without those named.
  ///
  /// @throws OctetException (USAGE) when a name is no rule's
  public static List<LintRule> rulesWithout(Collection<String> disabled) {
    Set<String> unknown = new TreeSet<>(disabled);
    rules().forEach(rule -> unknown.remove(rule.name()));
    if (!unknown.isEmpty()) {
      throw OctetException.usage(
          "unknown-rule",
          String.join(", ", unknown),
          "no rule of this name",
          "known: " + String.join(", ", rules().stream().map(LintRule::name).toList()));
    }
    return rules().stream().filter(rule -> !disabled.contains(rule.name())).toList();
  }

  /// What `rules` find in `model`, by rule and then in graph order.
  ///
  /// @param model float or quantized; left as it is
  /// @param rules to apply, in this order
  /// @param runtime release of ONNX Runtime that the model should run on, if that matters
  public static List<Finding> check(
      Model model, List<LintRule> rules, Optional<RuntimeVersion> runtime) {
    LintSubject subject = LintSubject.of(model, runtime);
    List<Finding> findings = new ArrayList<>();
    rules.forEach(rule -> findings.addAll(rule.check(subject)));
    return List.copyOf(findings);
  }
}
