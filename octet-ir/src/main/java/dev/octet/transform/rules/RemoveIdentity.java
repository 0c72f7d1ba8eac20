package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;

/// Takes out `Identity` nodes.
public final class RemoveIdentity extends BypassRule {
  @Override
  public String name() {
    return "remove-identity";
  }

  @Override
  public String description() {
    return "Identity nodes go; what reads them reads their input.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    return node.is("Identity") ? RuleOutcome.applied("removed") : RuleOutcome.noMatch();
  }
}
