package dev.octet.plan;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.DynamicDecision.Keep;
import dev.octet.plan.DynamicDecision.Quantize;
import dev.octet.plan.DynamicDecision.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// `Gemm` with a constant second factor, as `MatMulInteger` and an addition. `alpha` is folded into
/// the weight's codes and `beta` into the constant that is added, where the peer leaves such nodes
/// in float.
final class DynamicGemm implements DynamicQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("Gemm");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    Optional<String> obstacle = DynamicRoles.whyNoActivation(node, 0, facts);
    if (obstacle.isPresent()) {
      return new Keep(obstacle.get());
    }
    if (node.intAttribute("transA", 0) != 0) {
      return new Keep("it transposes its first factor");
    }
    Optional<DenseTensor> weight = DynamicRoles.floatConstant(node, 1, facts);
    if (weight.isEmpty() || weight.get().dims().size() != 2) {
      return new Keep("its second factor is not a constant matrix of floats");
    }
    float alpha = node.floatAttribute("alpha", 1f);
    float beta = node.floatAttribute("beta", 1f);
    if (alpha == 0f) {
      return new Keep("its alpha is 0: it multiplies nothing");
    }
    int columns = node.intAttribute("transB", 0) == 0 ? 1 : 0;
    Map<Integer, Role> roles = new LinkedHashMap<>();
    roles.put(0, new Role.Activation());
    roles.put(1, new Role.Weight(OptionalInt.of(columns), alpha));
    List<String> folded = new ArrayList<>();
    if (alpha != 1f) {
      folded.add("alpha");
    }
    if (node.input(2).isPresent() && beta != 1f) {
      if (DynamicRoles.floatConstant(node, 2, facts).isEmpty()) {
        return new Keep("it scales a computed addend");
      }
      folded.add("beta");
    }
    return new Quantize(DynamicRoles.of(node, roles), folded);
  }
}
