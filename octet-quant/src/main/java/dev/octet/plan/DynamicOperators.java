package dev.octet.plan;

import dev.octet.ir.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The operator families that are quantized while the model runs, in one list.
final class DynamicOperators {
  private static final List<DynamicQuantizer> ALL =
      List.of(
          new DynamicConv(),
          new DynamicMatMul(),
          new DynamicGemm(),
          new DynamicLstm(),
          new DynamicAttention(),
          new DynamicLookup(),
          new DynamicTranspose(),
          new DynamicEmbedding());

  private static final Map<String, DynamicQuantizer> BY_TYPE = new LinkedHashMap<>();

  static {
    for (DynamicQuantizer quantizer : ALL) {
      for (String opType : quantizer.opTypes()) {
        if (BY_TYPE.put(opType, quantizer) != null) {
          throw new IllegalStateException("two quantizers for " + opType);
        }
      }
    }
  }

  private DynamicOperators() {}

  static List<DynamicQuantizer> all() {
    return ALL;
  }

  static Optional<DynamicQuantizer> of(Node node) {
    return Optional.ofNullable(BY_TYPE.get(QuantizationScheme.opType(node)));
  }
}
