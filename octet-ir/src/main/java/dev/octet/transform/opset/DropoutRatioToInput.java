package dev.octet.transform.opset;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 12 `Dropout` reads its ratio as an input, and says whether it trains.
final class DropoutRatioToInput implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Dropout");
  }

  @Override
  public int opset() {
    return 12;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    if (node.outputs().size() > 1 && node.outputs().get(1) != null && !node.output(1).isUnused()) {
      return RuleOutcome.declined("its mask is read, and means something else now", node);
    }
    if (!node.attributes().containsKey("ratio")) {
      return RuleOutcome.noMatch();
    }
    float ratio = node.floatAttribute("ratio", 0.5f);
    context.editor().removeAttribute(node, "ratio");
    ConstantInputs.set(node, 1, "ratio", DenseTensor.scalar(ratio), context);
    return RuleOutcome.applied("reads its ratio as an input");
  }
}
