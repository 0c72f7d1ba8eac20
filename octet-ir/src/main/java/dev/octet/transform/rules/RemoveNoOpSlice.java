package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;
import java.util.stream.LongStream;

/// Takes out `Slice` nodes that keep everything.
public final class RemoveNoOpSlice extends BypassRule {
  private static final int STEPS = 4;

  @Override
  public String name() {
    return "remove-no-op-slice";
  }

  @Override
  public String description() {
    return "A Slice that keeps every element in order goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    if (!node.is("Slice")) {
      return RuleOutcome.noMatch();
    }
    Optional<Shape> before = node.input(0).flatMap(Value::shape);
    Optional<Shape> after = node.output(0).shape();
    // Equal, fully known sizes mean nothing was cut; a negative step would still reverse.
    boolean same = before.isPresent() && before.equals(after);
    if (!same) {
      return RuleOutcome.noMatch();
    }
    if (!before.get().isStatic()) {
      return RuleOutcome.declined("whether it keeps everything depends on " + before.get(), node);
    }
    return stepsForward(node, context)
        ? RuleOutcome.applied("removed, keeps everything")
        : RuleOutcome.declined("its steps are computed, or turn an axis around", node);
  }

  private static boolean stepsForward(Node node, RewriteContext context) {
    return node.input(STEPS).isEmpty()
        || context
            .constantInput(node, STEPS)
            .filter(
                steps ->
                    LongStream.range(0, steps.elementCount()).allMatch(i -> steps.longAt(i) > 0))
            .isPresent();
  }
}
