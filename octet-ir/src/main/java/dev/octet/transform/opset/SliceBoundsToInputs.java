package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 10 `Slice` reads its bounds as inputs.
final class SliceBoundsToInputs implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Slice");
  }

  @Override
  public int opset() {
    return 10;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    ConstantInputs.moveInts(node, "starts", 1, context);
    ConstantInputs.moveInts(node, "ends", 2, context);
    ConstantInputs.moveInts(node, "axes", 3, context);
    return RuleOutcome.applied("reads its bounds as inputs");
  }
}
