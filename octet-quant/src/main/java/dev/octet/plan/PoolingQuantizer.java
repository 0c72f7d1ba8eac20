package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// Pooling. A maximum is one of its inputs, so `MaxPool` keeps their codes; a window's average
/// stays in their range; a whole map's average has a much smaller range of its own.
final class PoolingQuantizer implements OpQuantizer {
  /// `MaxPool` takes 8-bit integers from this opset on.
  private static final int INTEGER_MAX_POOL = 12;

  @Override
  public List<String> opTypes() {
    return List.of("MaxPool", "AveragePool", "GlobalAveragePool");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    if (node.is("GlobalAveragePool")) {
      return Quantize.of(
          Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.OwnRange()));
    }
    if (node.is("AveragePool")) {
      return Quantize.of(
          Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.SameAs(0)));
    }
    if (facts.opset() < INTEGER_MAX_POOL) {
      return new Keep(
          "MaxPool takes integers from opset 12 on, the model imports " + facts.opset());
    }
    if (node.outputs().size() > 1) {
      return new Keep("its indices are asked for");
    }
    return Quantize.of(Standing.REDUCING, Operands.firstOnly(node), List.of(new Result.SameAs(0)));
  }
}
