package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Opset 10 replaced `Upsample` by `Resize`, with the same inputs and modes.
final class UpsampleToResize implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Upsample");
  }

  @Override
  public int opset() {
    return 10;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    context.replace(
        node,
        NodeSpec.of("Resize")
            .named(node.name())
            .inputs(node.inputs())
            .attributes(node.attributes())
            .extraFields(node.extraFields()));
    return RuleOutcome.applied("is a Resize");
  }
}
