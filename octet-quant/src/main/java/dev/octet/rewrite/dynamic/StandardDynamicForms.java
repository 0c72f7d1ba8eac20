package dev.octet.rewrite.dynamic;

import dev.octet.ir.Node;
import dev.octet.plan.QuantizationScheme;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The operator families that can be written on codes of the moment, in one list.
final class StandardDynamicForms {
  private static final List<DynamicForm> ALL =
      List.of(
          new ConvForm(),
          new MatMulForm(),
          new GemmForm(),
          new LstmForm(),
          new AttentionForm(),
          new MoveForm(),
          new EmbeddingForm());

  private static final Map<String, DynamicForm> BY_TYPE = new LinkedHashMap<>();

  static {
    for (DynamicForm form : ALL) {
      for (String opType : form.opTypes()) {
        if (BY_TYPE.put(opType, form) != null) {
          throw new IllegalStateException("two forms for " + opType);
        }
      }
    }
  }

  private StandardDynamicForms() {}

  static List<DynamicForm> all() {
    return ALL;
  }

  static Optional<DynamicForm> of(Node node) {
    return Optional.ofNullable(BY_TYPE.get(QuantizationScheme.opType(node)));
  }
}
