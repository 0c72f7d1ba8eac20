package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 10 the mask of `Dropout` is of BOOL elements.
final class DropoutMaskToBool implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Dropout");
  }

  @Override
  public int opset() {
    return 10;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    if (node.outputs().size() > 1 && node.outputs().get(1) != null && !node.output(1).isUnused()) {
      return RuleOutcome.declined("its mask is read as numbers", node);
    }
    if (node.outputs().size() == 1) {
      return RuleOutcome.noMatch();
    }
    context.replace(
        node,
        NodeSpec.of("Dropout")
            .named(node.name())
            .inputs(node.inputs())
            .attributes(node.attributes())
            .extraFields(node.extraFields()));
    return RuleOutcome.applied("has no mask, which nothing reads");
  }
}
