package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `Gather` and `GatherElements`: numbers picked from a tensor, or from a constant table, which is
/// then stored as codes at once.
final class GatherQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Gather", "GatherElements");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.SameAs(0)));
  }
}
