package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// The axes an operator works on become its second input: in opset 13 for `ReduceSum`, `Squeeze`
/// and `Unsqueeze`, in opset 18 for the other reductions.
final class AxesToInput implements OpsetStep {
  private final int opset;
  private final List<String> operators;

  AxesToInput(int opset, String... operators) {
    this.opset = opset;
    this.operators = List.of(operators);
  }

  @Override
  public List<String> operators() {
    return operators;
  }

  @Override
  public int opset() {
    return opset;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    return ConstantInputs.moveInts(node, "axes", 1, context)
        ? RuleOutcome.applied("reads its axes as an input")
        : RuleOutcome.noMatch();
  }
}
