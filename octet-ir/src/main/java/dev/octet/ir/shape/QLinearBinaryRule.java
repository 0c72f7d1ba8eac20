package dev.octet.ir.shape;

import dev.octet.ir.Shape;
import java.util.List;
import java.util.Optional;

/// Quantized binary operators of ONNX Runtime: data, scale and zero point of either side.
final class QLinearBinaryRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("com.microsoft:QLinearAdd", "com.microsoft:QLinearMul");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<Shape> left = context.shape(0);
    Optional<Shape> right = context.shape(3);
    return context.likeInput(
        left.isEmpty() || right.isEmpty()
            ? Optional.empty()
            : Optional.of(context.broadcast(left.get(), right.get())));
  }
}
