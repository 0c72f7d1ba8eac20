package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Since opset 13 `Split` reads its sizes as an input.
final class SplitSizesToInput implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Split");
  }

  @Override
  public int opset() {
    return 13;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    return ConstantInputs.moveInts(node, "split", 1, context)
        ? RuleOutcome.applied("reads its sizes as an input")
        : RuleOutcome.noMatch();
  }
}
