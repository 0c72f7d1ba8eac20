package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;

/// `Resize` to a neighbour or between neighbours: results stay in the input's range. Cubic
/// interpolation overshoots it and gets a range of its own.
final class ResizeQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Resize");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    if (facts.opset() < 11) {
      return new Keep("Resize takes integers from opset 11 on, the model imports " + facts.opset());
    }
    return switch (node.stringAttribute("mode", "nearest")) {
      case "nearest", "linear" ->
          Quantize.of(Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.SameAs(0)));
      default ->
          Quantize.of(
              Standing.ON_REQUEST, Operands.firstOnly(node), List.of(new Result.OwnRange()));
    };
  }
}
