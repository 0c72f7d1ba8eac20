package dev.octet.transform.opset;

import dev.octet.ir.Attribute;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 18 a `Split` into equal parts says into how many.
final class SplitCount implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Split");
  }

  @Override
  public int opset() {
    return 18;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    if (node.input(1).isPresent()) {
      return RuleOutcome.noMatch();
    }
    context.editor().setAttribute(node, "num_outputs", Attribute.of(node.outputs().size()));
    return RuleOutcome.applied("states its number of parts");
  }
}
