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

/// `LSTM` with constant weights, as ONNX Runtime's `DynamicQuantizeLSTM`, which quantizes its
/// activations itself, computes in 32-bit floats and knows one layout.
final class DynamicLstm implements DynamicQuantizer {
  @Override
  public List<String> opTypes() {
    return List.of("LSTM");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    if (!facts.isFloat32(node, 0)) {
      return new Keep("the integer kernel computes in 32-bit floats only");
    }
    if (node.intAttribute("layout", 0) != 0) {
      return new Keep("the integer kernel has the sequence first, not the batch");
    }
    for (int i = 1; i <= 2; i++) {
      Optional<DenseTensor> weight = facts.constantInput(node, i);
      if (weight.isEmpty()
          || weight.get().dataType() != DataType.FLOAT
          || weight.get().dims().size() != 3) {
        return new Keep("its weights are not constants of 32-bit floats");
      }
    }
    return new Quantize(
        DynamicRoles.of(node, Map.of(1, new Role.RecurrentWeight(), 2, new Role.RecurrentWeight())),
        List.of());
  }
}
