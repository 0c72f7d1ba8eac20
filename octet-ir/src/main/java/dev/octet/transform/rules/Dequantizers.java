package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.Optional;
import java.util.Set;

/// Where the numbers that a layer reads are dequantized.
final class Dequantizers {
  /// Operators past which ONNX Runtime moves a `DequantizeLinear`: they give some of their first
  /// input's numbers, or the largest.
  private static final Set<String> MOVING =
      Set.of(
          "Reshape",
          "Transpose",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Slice",
          "Gather",
          "Identity",
          "MaxPool");

  private Dequantizers() {}

  /// The `DequantizeLinear` whose numbers these are, moved at most.
  static Optional<Node> of(Value value) {
    Optional<Node> producer = value.producer();
    while (producer.filter(node -> MOVING.contains(node.opType())).isPresent()) {
      producer = producer.flatMap(node -> node.input(0)).flatMap(Value::producer);
    }
    return producer.filter(node -> node.is("DequantizeLinear"));
  }
}
