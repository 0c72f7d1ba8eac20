package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `ArgMax`: codes are ordered as the numbers they stand for, so it reads them as they come.
final class ArgMaxQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("ArgMax");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.REDUCING, Operands.firstOnly(node), List.of(new Result.Untouched()));
  }
}
