package dev.octet.plan;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.DynamicDecision.Keep;
import dev.octet.plan.DynamicDecision.Quantize;
import dev.octet.plan.DynamicDecision.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// ONNX Runtime's `EmbedLayerNormalization` with its five tables as codes; its result is float.
final class DynamicEmbedding implements DynamicQuantizer {
  private static final int FIRST_TABLE = 2;
  private static final int OPTIONAL_TABLE = 4;
  private static final int LAST_TABLE = 6;

  @Override
  public List<String> opTypes() {
    return List.of("com.microsoft.EmbedLayerNormalization");
  }

  @Override
  public DynamicDecision decide(Node node, ModelFacts facts) {
    if (node.outputs().size() > 2) {
      return new Keep("the integer kernel has no third output");
    }
    Map<Integer, Role> roles = new LinkedHashMap<>();
    for (int i = FIRST_TABLE; i <= LAST_TABLE; i++) {
      if (i == OPTIONAL_TABLE && node.input(i).isEmpty()) {
        continue;
      }
      Optional<DenseTensor> table = facts.constantInput(node, i);
      if (table.isEmpty() || table.get().dataType() != DataType.FLOAT) {
        return new Keep("its tables are not constants of 32-bit floats");
      }
      roles.put(i, new Role.Table());
    }
    return new Quantize(DynamicRoles.of(node, roles), List.of());
  }
}
