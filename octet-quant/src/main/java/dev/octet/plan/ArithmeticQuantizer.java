package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `Add` and `Mul`, the element-wise operators of two inputs that have integer kernels. A constant
/// side is quantized like an activation, once and for all.
final class ArithmeticQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Add", "Mul");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.CONNECTED, Operands.allActivations(node), List.of(new Result.OwnRange()));
  }
}
