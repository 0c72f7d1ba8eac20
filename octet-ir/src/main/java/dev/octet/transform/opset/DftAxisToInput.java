package dev.octet.transform.opset;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 20 `DFT` reads its axis as an input.
final class DftAxisToInput implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("DFT");
  }

  @Override
  public int opset() {
    return 20;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    long axis = node.intAttribute("axis", 1);
    context.editor().removeAttribute(node, "axis");
    ConstantInputs.set(node, 2, "axis", DenseTensor.scalar(axis), context);
    return RuleOutcome.applied("reads its axis as an input");
  }
}
