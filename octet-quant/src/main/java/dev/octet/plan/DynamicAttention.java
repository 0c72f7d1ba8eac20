package dev.octet.plan;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.DynamicDecision.Keep;
import dev.octet.plan.DynamicDecision.Quantize;
import dev.octet.plan.DynamicDecision.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// ONNX Runtime's `Attention` as its `QAttention`, which has fewer attributes and inputs.
final class DynamicAttention implements DynamicQuantizer {
  private static final Set<String> KNOWN_ATTRIBUTES =
      Set.of(
          "num_heads",
          "unidirectional",
          "do_rotary",
          "past_present_share_buffer",
          "mask_filter_value");

  private static final int LAST_KNOWN_INPUT = 4;

  @Override
  public List<String> opTypes() {
    return List.of("com.microsoft.Attention");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    if (!facts.isFloat32(node, 0)) {
      return new Keep("the integer kernel computes in 32-bit floats only");
    }
    for (String attribute : node.attributes().keySet()) {
      if (!KNOWN_ATTRIBUTES.contains(attribute)) {
        return new Keep("the integer kernel knows no '" + attribute + "'");
      }
    }
    for (int i = LAST_KNOWN_INPUT + 1; i < node.inputs().size(); i++) {
      if (node.input(i).isPresent()) {
        return new Keep("the integer kernel takes no input " + i);
      }
    }
    Optional<DenseTensor> weight = facts.constantInput(node, 1);
    if (weight.isEmpty()
        || weight.get().dataType() != DataType.FLOAT
        || weight.get().dims().size() != 2
        || node.input(2).isEmpty()) {
      return new Keep("its weight is not a constant matrix of 32-bit floats with a bias");
    }
    return new Quantize(
        DynamicRoles.of(
            node, Map.of(0, new Role.Activation(), 1, new Role.Weight(OptionalInt.of(1), 1f))),
        List.of());
  }
}
