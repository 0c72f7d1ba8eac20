package dev.octet.align.layers;

import dev.octet.ir.Node;
import dev.octet.ir.Value;

/// Where a model computes a value.
///
/// @param value its name in the model
/// @param operator what computes it: an ONNX node with its name, or an operator of PyTorch
/// @param module path in the tree of modules; empty where none is recorded
/// @param line file and line of the user's own code; empty where none is recorded
public record Place(String value, String operator, String module, String line) {
  /// A value of an ONNX graph.
  public static Place of(Value value) {
    return new Place(value.name(), value.producer().map(Node::describe).orElse("input"), "", "");
  }
}
