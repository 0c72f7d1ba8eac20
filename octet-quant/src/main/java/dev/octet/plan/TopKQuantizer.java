package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `TopK`: the largest numbers keep their codes; where they were found stays an integer.
final class TopKQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("TopK");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.ON_REQUEST,
        Operands.firstOnly(node),
        Operands.firstResult(node, new Result.SameAs(0)));
  }
}
