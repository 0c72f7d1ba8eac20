package dev.octet.transform;

import dev.octet.ir.Node;

/// What came of trying a [RewriteRule] at a node.
public sealed interface RuleOutcome {

  /// The graph was changed.
  ///
  /// @param what the change in a few words, such as `folded into Conv 'block1/conv'`
  record Applied(String what) implements RuleOutcome {}

  /// The rule has no business at this node.
  record NoMatch() implements RuleOutcome {}

  /// The node has the form the rule looks for, but a guard forbids the rewrite.
  ///
  /// @param reason what stands in the way, as the user would understand it
  /// @param where the node or tensor that stands in the way
  record Declined(String reason, String where) implements RuleOutcome {}

  static RuleOutcome applied(String what) {
    return new Applied(what);
  }

  static RuleOutcome noMatch() {
    return new NoMatch();
  }

  static RuleOutcome declined(String reason, String where) {
    return new Declined(reason, where);
  }

  static RuleOutcome declined(String reason, Node where) {
    return new Declined(reason, where.describe());
  }
}
