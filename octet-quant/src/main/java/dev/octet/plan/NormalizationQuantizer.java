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

/// Normalizations of batches, instances and layers: the scale is a weight, the bias is added in the
/// scale of their products. Means and variances stay in float.
final class NormalizationQuantizer implements OpQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("BatchNormalization", "InstanceNormalization", "LayerNormalization");
  }

  @Override
  public NodeDecision decide(Node node, ModelFacts facts) {
    Optional<DenseTensor> scale = facts.constantInput(node, 1);
    if (scale.isEmpty() || !facts.isReal(node, 1)) {
      return new Keep("its scale is not constant 32- or 16-bit floats");
    }
    if (node.intAttribute("training_mode", 0) != 0) {
      return new Keep("it is in training mode");
    }
    List<Operand> operands = new ArrayList<>(List.of(new Operand.Activation(), Operands.weight()));
    for (int i = 2; i < node.inputs().size(); i++) {
      operands.add(new Operand.Untouched());
    }
    if (scale.get().dims().size() == 1
        && Operands.bias(node, 2, facts, scale.get().elementCount(), Optional.empty())
            instanceof Operands.BiasRole.Fit(Operand.Bias bias)) {
      operands.set(2, bias);
    }
    return Quantize.of(
        Standing.ON_REQUEST, operands, Operands.firstResult(node, new Result.OwnRange()));
  }
}
