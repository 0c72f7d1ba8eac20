package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.DynamicDecision.Keep;
import dev.octet.plan.DynamicDecision.Quantize;
import dev.octet.plan.DynamicDecision.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// `MatMul` with a constant second factor, as `MatMulInteger`, whose kernel takes a scale for each
/// column of a matrix. A computed factor would have to be quantized anew each time, which costs
/// more than the product gains.
final class DynamicMatMul implements DynamicQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("MatMul");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    Optional<String> obstacle = DynamicRoles.whyNoActivation(node, 0, facts);
    if (obstacle.isPresent()) {
      return new Keep(obstacle.get());
    }
    if (facts.constantInput(node, 0).isPresent()) {
      return new Keep("its first factor is constant");
    }
    Optional<DenseTensor> weight = DynamicRoles.floatConstant(node, 1, facts);
    if (weight.isEmpty()) {
      return new Keep("its second factor is not a constant of floats");
    }
    OptionalInt columns = weight.get().dims().size() == 2 ? OptionalInt.of(1) : OptionalInt.empty();
    return new Quantize(
        DynamicRoles.of(node, Map.of(0, new Role.Activation(), 1, new Role.Weight(columns, 1f))),
        List.of());
  }
}
