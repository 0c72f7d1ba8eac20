package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import java.util.Optional;
import java.util.OptionalInt;

/// How a `Transpose` passes an operator: which inputs have the axes of its output, and which axis,
/// if any, it names.
///
/// @param operands so many first inputs have the output's axes
/// @param broadcasts whether operands may have fewer axes, or axes of size 1 that are repeated
/// @param axis the axis the operator works along, counted from the front; empty when it has none
record TransposePassage(int operands, boolean broadcasts, OptionalInt axis) {
  /// From which opset on `Softmax` and its kin work along one axis, and quantization has one.
  private static final int SINGLE_AXIS = 13;

  /// Empty when no `Transpose` passes.
  ///
  /// @param rank of the transposed operand
  /// @param opset of the model
  static Optional<TransposePassage> through(Node node, int rank, int opset) {
    if (AxisFree.isElementwise(node)) {
      return Optional.of(new TransposePassage(node.inputs().size(), true, OptionalInt.empty()));
    }
    if (!node.domain().isEmpty()) {
      return Optional.empty();
    }
    return switch (node.opType()) {
      case "Concat" -> along(node, node.inputs().size(), 0, rank);
      case "Softmax", "LogSoftmax", "Hardmax" ->
          opset < SINGLE_AXIS ? Optional.empty() : along(node, 1, -1, rank);
      case "QuantizeLinear", "DequantizeLinear" -> quantizing(node, rank, opset);
      default -> Optional.empty();
    };
  }

  private static Optional<TransposePassage> along(
      Node node, int operands, long standard, int rank) {
    long axis = node.intAttribute("axis", standard);
    long fromFront = axis < 0 ? axis + rank : axis;
    return fromFront < 0 || fromFront >= rank
        ? Optional.empty()
        : Optional.of(new TransposePassage(operands, false, OptionalInt.of((int) fromFront)));
  }

  /// One scale, or one for each place along an axis; not blocks.
  private static Optional<TransposePassage> quantizing(Node node, int rank, int opset) {
    Optional<Integer> scales = node.input(1).flatMap(Value::shape).map(Shape::rank);
    if (scales.isEmpty() || scales.get() > 1 || node.intAttribute("block_size", 0) != 0) {
      return Optional.empty();
    }
    return scales.get() == 0 || opset < SINGLE_AXIS
        ? Optional.of(new TransposePassage(1, false, OptionalInt.empty()))
        : along(node, 1, 1, rank);
  }
}
