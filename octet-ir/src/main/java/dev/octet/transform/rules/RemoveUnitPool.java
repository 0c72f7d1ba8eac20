package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.Arrays;
import java.util.Optional;

/// Takes out pools that look at one element at a time: a kernel of size 1 that skips nothing, or a
/// global pool over an extent of 1.
public final class RemoveUnitPool extends BypassRule {
  @Override
  public String name() {
    return "remove-unit-pool";
  }

  @Override
  public String description() {
    return "A pool whose window is a single element and skips none goes.";
  }

  @Override
  RuleOutcome doesNothing(Node node, RewriteContext context) {
    Optional<Shape> input = node.input(0).flatMap(Value::shape);
    if (node.is("GlobalAveragePool") || node.is("GlobalMaxPool")) {
      return input.isPresent() && isUnitExtent(input.get())
          ? RuleOutcome.applied("removed, pools over one element")
          : RuleOutcome.noMatch();
    }
    if (!node.is("AveragePool") && !node.is("MaxPool")) {
      return RuleOutcome.noMatch();
    }
    long[] kernel = node.intsAttribute("kernel_shape").orElse(new long[0]);
    if (kernel.length == 0 || Arrays.stream(kernel).anyMatch(size -> size != 1)) {
      return RuleOutcome.noMatch();
    }
    if (!Pooling.isUnpadded(node)) {
      return RuleOutcome.declined("it pads", node);
    }
    for (int axis = 0; axis < kernel.length; axis++) {
      int spatial = axis;
      if (Pooling.stride(node, axis) != 1
          && input.filter(shape -> Pooling.hasExtent(shape, spatial, 1)).isEmpty()) {
        return RuleOutcome.declined("its stride skips elements", node);
      }
    }
    return RuleOutcome.applied("removed, pools over one element");
  }

  private static boolean isUnitExtent(Shape shape) {
    for (int axis = 0; axis < shape.rank() - 2; axis++) {
      if (!Pooling.hasExtent(shape, axis, 1)) {
        return false;
      }
    }
    return shape.rank() > 2;
  }
}
