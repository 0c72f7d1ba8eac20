package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

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
    Optional<Shape> before = node.input(0).flatMap(Value::shape);
    Optional<Shape> after = node.output(0).shape();
    if (before.isEmpty() || after.isEmpty()) {
      return RuleOutcome.declined("whether it changes the shape is not known", node);
    }
    boolean same = Reshapes.same(before.get(), after.get());
    return same
        ? RuleOutcome.applied("removed, shape is " + after.get() + " already")
        : RuleOutcome.noMatch();
  }
}
