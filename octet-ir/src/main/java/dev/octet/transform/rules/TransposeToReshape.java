package dev.octet.transform.rules;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.Optional;

/// Turns a `Transpose` that moves only axes of size 1 past others into a `Reshape`, which moves no
/// data and joins with its neighbours.
public final class TransposeToReshape implements RewriteRule {
  @Override
  public String name() {
    return "transpose-to-reshape";
  }

  @Override
  public String description() {
    return "A Transpose that moves only axes of size 1 becomes a Reshape, which moves no data.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    Optional<int[]> order = Permutations.of(node);
    Optional<Shape> input = node.input(0).flatMap(Value::shape);
    if (order.isEmpty() || input.isEmpty() || input.get().rank() != order.get().length) {
      return RuleOutcome.noMatch();
    }
    int[] wide =
        Arrays.stream(order.get()).filter(axis -> !isUnit(input.get().dim(axis))).toArray();
    int[] sorted = wide.clone();
    Arrays.sort(sorted);
    if (!Arrays.equals(wide, sorted) || Permutations.isIdentity(order.get())) {
      return RuleOutcome.noMatch();
    }
    Shape output =
        Shape.of(Arrays.stream(order.get()).mapToObj(axis -> input.get().dim(axis)).toList());
    Optional<long[]> target = Reshapes.target(output);
    if (target.isEmpty()) {
      return RuleOutcome.declined("more than one dimension of " + output + " is dynamic", node);
    }
    NodeSpec spec =
        Reshapes.spec(
            context.editor(),
            node.graph(),
            node.input(0).orElseThrow(),
            target.get(),
            node.output(0).name());
    context.replace(node, spec.named(node.name()));
    return RuleOutcome.applied("became a Reshape to " + output);
  }

  private static boolean isUnit(Dim dim) {
    return dim instanceof Dim.Known(long size) && size == 1;
  }
}
