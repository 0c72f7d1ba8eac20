package dev.octet.transform.rules;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Turns an `AveragePool` over the whole extent into a `GlobalAveragePool`, which does not depend
/// on the extent.
public final class AveragePoolToGlobal implements RewriteRule {
  @Override
  public String name() {
    return "average-pool-to-global";
  }

  @Override
  public String description() {
    return "An AveragePool over the whole extent becomes a GlobalAveragePool.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    long[] kernel = node.intsAttribute("kernel_shape").orElse(new long[0]);
    if (!node.is("AveragePool") || kernel.length == 0) {
      return RuleOutcome.noMatch();
    }
    Optional<Shape> input = node.input(0).flatMap(Value::shape);
    if (input.isEmpty() || input.get().rank() != kernel.length + 2) {
      return RuleOutcome.declined("the size of its input is not known", node);
    }
    for (int axis = 0; axis < kernel.length; axis++) {
      if (!(input.get().dim(axis + 2) instanceof Dim.Known(long size))) {
        return RuleOutcome.declined("the size of its input is not known", node);
      }
      if (size != kernel[axis]) {
        return RuleOutcome.noMatch();
      }
    }
    if (!Pooling.isUnpadded(node) || !Pooling.isUndilated(node)) {
      return RuleOutcome.declined("it pads or dilates", node);
    }
    context.replace(
        node,
        NodeSpec.of("GlobalAveragePool").named(node.name()).inputs(node.input(0).orElseThrow()));
    return RuleOutcome.applied("became a GlobalAveragePool");
  }
}
