package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `Split`: every part keeps the whole's codes.
final class SplitQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Split");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.CONNECTED,
        Operands.firstOnly(node),
        Operands.everyResult(node, new Result.SameAs(0)));
  }
}
