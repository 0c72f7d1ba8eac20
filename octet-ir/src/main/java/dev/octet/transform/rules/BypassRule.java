package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;

/// A rule that takes out nodes whose first output is their first input unchanged. What such nodes
/// are is the subclass's matter; when one can be taken out is settled here.
abstract sealed class BypassRule implements RewriteRule
    permits RemoveDropout,
        RemoveIdentity,
        RemoveNoOpCast,
        RemoveNoOpConcat,
        RemoveNoOpExpand,
        RemoveNoOpPad,
        RemoveNoOpReshape,
        RemoveNoOpSlice,
        RemoveNoOpTranspose,
        RemoveUnitPool {

  /// Whether `node` passes its first input on, is of no interest, or almost does but for a reason.
  ///
  /// @return [RuleOutcome.Applied] when the node does nothing, with the words for the report
  abstract RuleOutcome doesNothing(Node node, RewriteContext context);

  @Override
  public final RuleOutcome apply(Node node, RewriteContext context) {
    RuleOutcome outcome = doesNothing(node, context);
    if (!(outcome instanceof RuleOutcome.Applied)) {
      return outcome;
    }
    Value input = node.input(0).orElse(null);
    if (input == null) {
      return RuleOutcome.noMatch();
    }
    for (int i = 1; i < node.outputs().size(); i++) {
      Value other = node.outputs().get(i);
      if (other != null && !other.isUnused()) {
        return RuleOutcome.declined("its output '" + other.name() + "' is read", node);
      }
    }
    Value output = node.output(0);
    if (!context.canReplace(output, input)) {
      String reason =
          "its output is a graph output, and its input is a graph input, constant or output too";
      return RuleOutcome.declined(reason, node);
    }
    context.bypass(node, input);
    return outcome;
  }
}
