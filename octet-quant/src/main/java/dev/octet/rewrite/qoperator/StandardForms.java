package dev.octet.rewrite.qoperator;

import dev.octet.ir.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The operator families that have an integer form, in one list.
final class StandardForms {
  private static final List<IntegerForm> ALL =
      List.of(
          new ConvForm(),
          new GemmForm(),
          new MatMulForm(),
          new BinaryForm(),
          new CurveForm(),
          new SoftmaxForm(),
          new AveragePoolForm(),
          new GlobalAveragePoolForm(),
          new ConcatForm(),
          new WhereForm(),
          new MovementForm(),
          new MaxPoolForm(),
          new ResizeForm(),
          new SplitForm(),
          new TopKForm(),
          new PadForm(),
          new RectifierForm(),
          new ArgMaxForm(),
          new EmbedLayerNormalizationForm());

  private static final Map<String, IntegerForm> BY_TYPE = new LinkedHashMap<>();

  static {
    for (IntegerForm form : ALL) {
      for (String opType : form.opTypes()) {
        if (BY_TYPE.put(opType, form) != null) {
          throw new IllegalStateException("two forms for " + opType);
        }
      }
    }
  }

  private StandardForms() {}

  static List<IntegerForm> all() {
    return ALL;
  }

  static Optional<IntegerForm> of(Node node) {
    return Optional.ofNullable(
        BY_TYPE.get(node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType()));
  }
}
