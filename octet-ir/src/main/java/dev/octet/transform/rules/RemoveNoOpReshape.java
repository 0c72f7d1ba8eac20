package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;

/// Takes out `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze` nodes whose output has the shape of
/// their input.
public final class RemoveNoOpReshape extends BypassRule {
  @Override
  public String name() {
    return "remove-no-op-reshape";
  }

  @Override
  public String description() {
    return "A Reshape, Flatten, Squeeze or Unsqueeze to the shape its input has already goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    if (!Reshapes.is(node)) {
      return RuleOutcome.noMatch();
    }
    return Reshapes.keepsShape(node, "removed, has this shape already");
  }
}
