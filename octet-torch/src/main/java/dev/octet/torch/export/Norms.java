package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import org.jspecify.annotations.Nullable;

/// Vector norms of any order.
final class Norms {
  private Norms() {}

  /// `(Σ |x|^p)^(1/p)`; the extremes for infinite `p`, the number of non-zero elements for 0.
  ///
  /// @param axes INT64 vector; `null` for all axes
  static Value over(
      OnnxNodes onnx, Value x, DataType type, double p, @Nullable Value axes, boolean keepDims) {
    if (p == 1 || p == 2) {
      return reduced(onnx, p == 1 ? "ReduceL1" : "ReduceL2", x, axes, keepDims);
    }
    if (p == 0) {
      Value nonZero = onnx.add("Not", onnx.add("Equal", x, onnx.scalar(type, 0)));
      return reduced(onnx, "ReduceSum", onnx.castTo(nonZero, type), axes, keepDims);
    }
    Value size = onnx.add("Abs", x);
    if (Double.isInfinite(p)) {
      return reduced(onnx, p > 0 ? "ReduceMax" : "ReduceMin", size, axes, keepDims);
    }
    Value powers = onnx.add("Pow", size, onnx.scalar(type, p));
    return onnx.add(
        "Pow", reduced(onnx, "ReduceSum", powers, axes, keepDims), onnx.scalar(type, 1 / p));
  }

  private static Value reduced(
      OnnxNodes onnx, String op, Value x, @Nullable Value axes, boolean keepDims) {
    NodeSpec spec = axes == null ? NodeSpec.of(op).inputs(x) : NodeSpec.of(op).inputs(x, axes);
    return onnx.add(spec.attribute("keepdims", keepDims ? 1 : 0));
  }
}
