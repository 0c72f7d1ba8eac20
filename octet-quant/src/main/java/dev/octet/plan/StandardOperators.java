package dev.octet.plan;

import dev.octet.ir.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The operator families that are quantized, in one list.
final class StandardOperators {
  private static final List<OpQuantizer> ALL =
      List.of(
          new ConvolutionQuantizer(),
          new GemmQuantizer(),
          new MatMulQuantizer(),
          new BoundQuantizer(),
          new ArithmeticQuantizer(),
          new CurveQuantizer(),
          new SoftmaxQuantizer(),
          new PoolingQuantizer(),
          new ConcatQuantizer(),
          new MovementQuantizer(),
          new SplitQuantizer(),
          new PadQuantizer(),
          new ResizeQuantizer(),
          new GatherQuantizer(),
          new WhereQuantizer(),
          new ArgMaxQuantizer(),
          new TopKQuantizer(),
          new CumSumQuantizer(),
          new NormalizationQuantizer(),
          new EmbeddingQuantizer());

  private static final Map<String, OpQuantizer> BY_TYPE = new LinkedHashMap<>();

  static {
    for (OpQuantizer quantizer : ALL) {
      for (String opType : quantizer.opTypes()) {
        if (BY_TYPE.put(opType, quantizer) != null) {
          throw new IllegalStateException("two quantizers for " + opType);
        }
      }
    }
  }

  private StandardOperators() {}

  static List<OpQuantizer> all() {
    return ALL;
  }

  static Optional<OpQuantizer> of(Node node) {
    return Optional.ofNullable(BY_TYPE.get(QuantizationScheme.opType(node)));
  }
}
