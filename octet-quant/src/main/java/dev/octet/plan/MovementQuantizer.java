package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// Operators that move or select elements without looking at them: they do the same to codes.
final class MovementQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Identity");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.SameAs(0)));
  }
}
