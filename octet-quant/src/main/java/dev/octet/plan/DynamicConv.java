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

/// `Conv` with a constant weight, as `ConvInteger`; the bias is added in float.
final class DynamicConv implements DynamicQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Conv");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    Optional<String> obstacle = DynamicRoles.whyNoActivation(node, 0, facts);
    if (obstacle.isPresent()) {
      return new Keep(obstacle.get());
    }
    Optional<DenseTensor> weight = DynamicRoles.floatConstant(node, 1, facts);
    if (weight.isEmpty() || weight.get().dims().size() < 3) {
      return new Keep("its weight is not a constant of floats");
    }
    return new Quantize(
        DynamicRoles.of(
            node, Map.of(0, new Role.Activation(), 1, new Role.Weight(OptionalInt.of(0), 1f))),
        List.of());
  }
}
