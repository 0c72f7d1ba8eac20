package dev.octet.transform;

import java.util.List;

/// One step of a [Pipeline].
public sealed interface Pass {

  /// Stable kebab-case name.
  String name();

  /// What the pass is for, in one sentence.
  String description();

  /// Rules run together, at every node, until none applies any more.
  ///
  /// @param name stable kebab-case name
  /// @param description what the rules together are for
  /// @param rules tried at each node in this order
  record Rules(String name, String description, List<RewriteRule> rules) implements Pass {
    public Rules {
      rules = List.copyOf(rules);
    }
  }

  /// One rewrite of the whole model.
  record Whole(ModelRewrite rewrite) implements Pass {
    @Override
    public String name() {
      return rewrite.name();
    }

    @Override
    public String description() {
      return rewrite.description();
    }
  }

  /// A pass of one or more rules.
  static Pass of(String name, String description, RewriteRule... rules) {
    return new Rules(name, description, List.of(rules));
  }

  /// A pass of one rule, under the rule's own name.
  static Pass of(RewriteRule rule) {
    return new Rules(rule.name(), rule.description(), List.of(rule));
  }

  /// A pass of one whole-model rewrite, under the rewrite's own name.
  static Pass of(ModelRewrite rewrite) {
    return new Whole(rewrite);
  }
}
