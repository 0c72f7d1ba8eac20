package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import dev.octet.stats.Range;
import java.util.List;

/// `Softmax`: whatever it is given, its results lie between 0 and 1.
final class SoftmaxQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Softmax");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    return Quantize.of(
        Standing.CONNECTED,
        Operands.firstOnly(node),
        List.of(new Result.KnownRange(new Range(0f, 1f))));
  }
}
