package dev.octet.transform.opset;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 10 `TopK` reads how many to keep as an input.
final class TopKCountToInput implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("TopK");
  }

  @Override
  public int opset() {
    return 10;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    long count = node.intAttribute("k", 0);
    context.editor().removeAttribute(node, "k");
    ConstantInputs.set(node, 1, "k", DenseTensor.ofLongs(new long[] {count}, 1), context);
    return RuleOutcome.applied("reads k as an input");
  }
}
