package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Gemm` with a constant second factor: `alpha·A·B + beta·C`. `alpha` and `beta` are folded into
/// the constants, for ONNX Runtime's integer kernel takes neither; its Python tool scales the bias
/// by `beta` twice instead.
final class GemmQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Gemm");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    Optional<DenseTensor> weight = facts.constantInput(node, 1);
    if (weight.isEmpty()) {
      return new Keep("its second factor is computed, not constant");
    }
    if (!facts.isReal(node, 1) || weight.get().dims().size() != 2) {
      return new Keep("its second factor is not a float matrix");
    }
    float alpha = node.floatAttribute("alpha", 1f);
    int channelAxis = node.intAttribute("transB", 0) == 0 ? 1 : 0;
    long channels = weight.get().dims().get(channelAxis);
    List<Operand> operands =
        new ArrayList<>(
            List.of(
                new Operand.Activation(), Operands.weight(channelAxis, 1 - channelAxis, alpha)));
    List<String> folded = new ArrayList<>();
    if (alpha != 1f) {
      folded.add("alpha");
    }
    switch (Operands.bias(node, 2, facts, channels, Optional.of("beta"))) {
      case Operands.BiasRole.Absent() -> {}
      case Operands.BiasRole.Fit(Operand.Bias bias) -> {
        operands.add(bias);
        if (bias.factor() != 1f) {
          folded.add("beta");
        }
      }
      case Operands.BiasRole.Unfit(String reason) -> {
        return new Keep(reason);
      }
    }
    return new Quantize(
        Standing.ANCHOR_WITH_FLOAT_RESULT, operands, List.of(new Result.OwnRange()), folded);
  }
}
