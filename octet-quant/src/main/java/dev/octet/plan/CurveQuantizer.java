package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// Functions of one number that have integer kernels, which are tables of 256 results.
final class CurveQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Sigmoid", "LeakyRelu");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.OwnRange()));
  }
}
