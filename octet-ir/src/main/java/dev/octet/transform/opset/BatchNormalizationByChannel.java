package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Opset 9 took away normalizing every element by its own statistics (`spatial` 0).
final class BatchNormalizationByChannel implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("BatchNormalization");
  }

  @Override
  public int opset() {
    return 9;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    if (node.intAttribute("spatial", 1) == 0) {
      return RuleOutcome.declined("it normalizes every element by its own statistics", node);
    }
    if (!node.attributes().containsKey("spatial")) {
      return RuleOutcome.noMatch();
    }
    context.editor().removeAttribute(node, "spatial");
    return RuleOutcome.applied("normalizes each channel, which is now the only way");
  }
}
