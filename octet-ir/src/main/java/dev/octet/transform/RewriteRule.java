package dev.octet.transform;

import dev.octet.ir.Node;

/// One local rewrite, tried at every node of a graph and of its subgraphs.
///
/// Applying a rule must bring the graph closer to the rule's goal (fewer nodes, a more constant
/// operand, a canonical operator), or the rule never settles. Rules hold no state: one instance
/// serves any number of models and threads.
public interface RewriteRule {

  /// Stable kebab-case name, by which users switch the rule off: `fold-batch-norm-into-conv`.
  String name();

  /// What the rule does and why that helps, in one sentence.
  String description();

  /// Rewrites the graph around `node`, or says why not. Every guard precedes the first edit, so
  /// [RuleOutcome.NoMatch] and [RuleOutcome.Declined] mean an unchanged graph.
  ///
  /// @param node the node looked at; in a graph when called, perhaps not afterwards
  /// @param context the editor to edit with, and what is known about values
  RuleOutcome apply(Node node, RewriteContext context);
}
