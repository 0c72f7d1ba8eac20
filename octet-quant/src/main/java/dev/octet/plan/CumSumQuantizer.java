package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `CumSum`: sums leave the range of what is added.
final class CumSumQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("CumSum");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.ON_REQUEST, Operands.firstOnly(node), List.of(new Result.OwnRange()));
  }
}
