package dev.octet.rewrite.qoperator;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the integer operators of one input have in common.
final class UnaryForms {
  private UnaryForms() {}

  /// The inputs `x, x_scale, x_zero_point, y_scale, y_zero_point` filled in.
  static Optional<NodeSpec> write(CodedNode node, NodeSpec operator) {
    Optional<Codes> data = node.activation(0);
    Optional<Codes> result = node.result(0);
    if (data.isEmpty() || result.isEmpty() || data.get().type() != result.get().type()) {
      return Optional.empty();
    }
    List<Value> inputs = new ArrayList<>(node.triple(data.get()));
    inputs.addAll(node.grid(result.get()));
    return Optional.of(operator.inputs(inputs));
  }
}
