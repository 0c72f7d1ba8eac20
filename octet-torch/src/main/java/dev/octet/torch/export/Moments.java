package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;

/// What a tensor's elements are like along some axes, which are kept with size 1.
///
/// @param centred the tensor less its mean
record Moments(Value mean, Value centred, Value variance) {

  /// Mean and biased variance.
  static Moments over(OnnxNodes onnx, Value x, List<Long> axes) {
    Value mean = mean(onnx, x, axes);
    Value centred = onnx.add("Sub", x, mean);
    return new Moments(mean, centred, mean(onnx, onnx.add("Mul", centred, centred), axes));
  }

  /// `1 / √(variance + eps)`.
  Value inverseDeviation(OnnxNodes onnx, DataType type, double eps) {
    Value root = onnx.add("Sqrt", onnx.add("Add", variance, onnx.scalar(type, eps)));
    return onnx.add("Reciprocal", root);
  }

  private static Value mean(OnnxNodes onnx, Value x, List<Long> axes) {
    return onnx.add(
        NodeSpec.of("ReduceMean").inputs(x, onnx.vector(axes)).attribute("keepdims", 1));
  }
}
