package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;

/// Takes out `Concat` nodes of a single input.
public final class RemoveNoOpConcat extends BypassRule {
  @Override
  public String name() {
    return "remove-no-op-concat";
  }

  @Override
  public String description() {
    return "A Concat of one input goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    return node.is("Concat") && node.inputs().size() == 1
        ? RuleOutcome.applied("removed, joins one input only")
        : RuleOutcome.noMatch();
  }
}
