package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.List;
import java.util.Optional;

/// `Where`: numbers of two tensors, each brought to the range of the whole.
final class WhereQuantizer implements OpQuantizer {
  /// Larger constants are there to be ignored by what follows, such as the −10000 that a `Softmax`
  /// makes 0 of. Codes that reach so far tell nothing else apart.
  private static final double LARGEST = 1000;

  @Override
  public List<String> opTypes() {
    return List.of("Where");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    for (int i = 1; i <= 2; i++) {
      Optional<DenseTensor> constant = facts.constantInput(node, i);
      if (constant.isPresent() && facts.isReal(node, i) && isMask(constant.get())) {
        return new Keep(
            "it puts in a number so large that codes reaching it tell nothing else apart");
      }
    }
    return Quantize.of(
        Standing.CONNECTED,
        List.of(new Operand.Untouched(), new Operand.Activation(), new Operand.Activation()),
        List.of(new Result.OwnRange()));
  }

  private static boolean isMask(DenseTensor constant) {
    for (float value : FoldedConstants.numbers(constant)) {
      if (!(Math.abs(value) <= LARGEST)) {
        return true;
      }
    }
    return false;
  }
}
