package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// One change of an operator's definition that asks nodes to take another form. Stateless.
interface OpsetStep {

  /// Operators of the default domain whose definition changed this way.
  List<String> operators();

  /// The first opset with the new definition.
  int opset();

  /// Gives a node, valid in the opset before, the form it has from this opset on. Every guard
  /// precedes the first edit.
  ///
  /// @return [RuleOutcome.NoMatch] when the node means the same as it is, [RuleOutcome.Declined]
  ///     when the new definition cannot say what it means
  RuleOutcome apply(Node node, RewriteContext context);
}
