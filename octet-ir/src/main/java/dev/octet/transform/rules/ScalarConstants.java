package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.Optional;

/// Single numbers among a node's operands.
final class ScalarConstants {
  private ScalarConstants() {}

  /// The number a floating-point constant of one element holds.
  ///
  /// @param rank most dimensions it may have, so that it does not enlarge what it is combined with
  static Optional<Double> of(Value value, int rank, RewriteContext context) {
    return context
        .constant(value)
        .filter(tensor -> FloatTensors.supports(tensor.dataType()))
        .filter(tensor -> tensor.elementCount() == 1 && tensor.dims().size() <= rank)
        .map(tensor -> tensor.doubleAt(0));
  }

  /// As [#of(Value, int, RewriteContext)], of a node's input.
  static Optional<Double> input(Node node, int index, int rank, RewriteContext context) {
    return node.input(index).flatMap(value -> of(value, rank, context));
  }

  /// Rank of a value; 0 when it is not known, to which only a true scalar is sure to broadcast.
  static int rank(Value value) {
    return value.shape().map(Shape::rank).orElse(0);
  }
}
