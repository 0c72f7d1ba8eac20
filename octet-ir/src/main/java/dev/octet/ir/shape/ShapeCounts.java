package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Of how many computed values how much is known, subgraphs included.
final class ShapeCounts {
  private final Function<Value, Optional<ValueType>> types;
  private int values;
  private int typed;
  private int ranked;
  private int shaped;
  private int derived;

  ShapeCounts(Function<Value, Optional<ValueType>> types) {
    this.types = types;
  }

  void add(Graph graph) {
    for (Node node : graph.nodes()) {
      for (Value output : node.outputs()) {
        if (output != null) {
          Optional<ValueType> type = types.apply(output);
          values++;
          typed += type.isPresent() ? 1 : 0;
          ranked += isRanked(type) ? 1 : 0;
          shaped += isFull(type) ? 1 : 0;
          derived += isFull(type) && !hasFresh(type) ? 1 : 0;
        }
      }
      node.subgraphs().forEach(this::add);
    }
  }

  /// The counts, and nothing else to tell.
  ShapeReport report() {
    return new ShapeReport(
        values, typed, ranked, shaped, derived, 0, List.of(), List.of(), List.of(), List.of());
  }

  int values() {
    return values;
  }

  int typed() {
    return typed;
  }

  int ranked() {
    return ranked;
  }

  int shaped() {
    return shaped;
  }

  int derived() {
    return derived;
  }

  static boolean isRanked(Optional<ValueType> type) {
    return type.isPresent()
        && !(type.get() instanceof ValueType.OfTensor(var _, var shape) && shape == null);
  }

  static boolean isFull(Optional<ValueType> type) {
    if (!isRanked(type)) {
      return false;
    }
    return !(type.get() instanceof ValueType.OfTensor(var _, Shape shape))
        || shape == null
        || shape.dims().stream().noneMatch(Dim.Unknown.class::isInstance);
  }

  private static boolean hasFresh(Optional<ValueType> type) {
    return type.isPresent()
        && type.get() instanceof ValueType.OfTensor(var _, Shape shape)
        && shape != null
        && shape.dims().stream().anyMatch(FreshDims::isIn);
  }
}
