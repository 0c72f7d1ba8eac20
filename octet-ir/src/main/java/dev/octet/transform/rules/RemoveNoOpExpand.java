package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;

/// Takes out `Expand` and `Tile` nodes whose output has the shape of their input.
public final class RemoveNoOpExpand extends BypassRule {
  @Override
  public String name() {
    return "remove-no-op-expand";
  }

  @Override
  public String description() {
    return "An Expand or Tile to the shape its input has already goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    if (!node.is("Expand") && !node.is("Tile")) {
      return RuleOutcome.noMatch();
    }
    return Reshapes.keepsShape(node, "removed, repeats nothing");
  }
}
