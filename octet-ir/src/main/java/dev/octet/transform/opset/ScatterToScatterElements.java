package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Opset 11 renamed `Scatter`.
final class ScatterToScatterElements implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Scatter");
  }

  @Override
  public int opset() {
    return 11;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    context.replace(
        node,
        NodeSpec.of("ScatterElements")
            .named(node.name())
            .inputs(node.inputs())
            .attributes(node.attributes())
            .extraFields(node.extraFields()));
    return RuleOutcome.applied("is a ScatterElements");
  }
}
