package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

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
    Optional<Shape> before = node.input(0).flatMap(Value::shape);
    Optional<Shape> after = node.output(0).shape();
    if (before.isEmpty() || after.isEmpty()) {
      return RuleOutcome.declined("whether it changes the shape is not known", node);
    }
    boolean same = Reshapes.same(before.get(), after.get());
    return same ? RuleOutcome.applied("removed, repeats nothing") : RuleOutcome.noMatch();
  }
}
