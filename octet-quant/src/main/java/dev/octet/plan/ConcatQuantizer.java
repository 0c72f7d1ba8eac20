package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `Concat`: parts in different ranges are brought to the range of the whole.
final class ConcatQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Concat");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.CONNECTED, Operands.allActivations(node), List.of(new Result.OwnRange()));
  }
}
