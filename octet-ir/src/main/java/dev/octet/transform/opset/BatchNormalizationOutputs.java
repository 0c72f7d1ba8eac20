package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 14 `BatchNormalization` has three outputs, not five, and an attribute tells whether
/// it trains; before, the number of outputs did.
final class BatchNormalizationOutputs implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("BatchNormalization");
  }

  @Override
  public int opset() {
    return 14;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    for (int i = 1; i < node.outputs().size(); i++) {
      if (node.outputs().get(i) != null && !node.output(i).isUnused()) {
        return RuleOutcome.declined("it trains: its statistics are read", node);
      }
    }
    if (node.outputs().size() == 1) {
      return RuleOutcome.noMatch();
    }
    context.replace(
        node,
        NodeSpec.of("BatchNormalization")
            .named(node.name())
            .inputs(node.inputs())
            .attributes(node.attributes())
            .extraFields(node.extraFields()));
    return RuleOutcome.applied("has one output");
  }
}
