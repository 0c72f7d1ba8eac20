package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Takes out arithmetic that changes nothing: adding or taking away 0, multiplying with or dividing
/// by 1.
public final class RemoveNeutralArithmetic implements RewriteRule {
  private static final int FIRST_BROADCASTING_OPSET = 7;

  @Override
  public String name() {
    return "remove-neutral-arithmetic";
  }

  @Override
  public String description() {
    return "Adding 0 and multiplying with 1 goes.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    boolean adds = node.is("Add") || node.is("Sub");
    boolean commutes = node.is("Add") || node.is("Mul");
    if (context.opset() < FIRST_BROADCASTING_OPSET || !(adds || node.is("Mul") || node.is("Div"))) {
      return RuleOutcome.noMatch();
    }
    for (int side = 1; side >= (commutes ? 0 : 1); side--) {
      Optional<DenseTensor> operand = context.constantInput(node, side);
      Value other = node.input(1 - side).orElseThrow();
      if (operand.isEmpty() || !isAll(operand.get(), adds ? 0 : 1)) {
        continue;
      }
      Optional<Shape> before = other.shape();
      Optional<Shape> after = node.output(0).shape();
      if (before.isEmpty() || after.isEmpty() || !Reshapes.same(before.get(), after.get())) {
        return RuleOutcome.declined("its constant may change the shape", node);
      }
      if (!context.canReplace(node.output(0), other)) {
        return RuleOutcome.declined("its output is a graph output, as its input is", node);
      }
      context.bypass(node, other);
      return RuleOutcome.applied("removed, changes nothing");
    }
    return RuleOutcome.noMatch();
  }

  private static boolean isAll(DenseTensor tensor, double number) {
    for (long i = 0; i < tensor.elementCount(); i++) {
      boolean equal =
          FloatTensors.supports(tensor.dataType())
              ? tensor.doubleAt(i) == number
              : tensor.dataType().isInteger() && tensor.longAt(i) == (long) number;
      if (!equal) {
        return false;
      }
    }
    return tensor.elementCount() > 0;
  }
}
