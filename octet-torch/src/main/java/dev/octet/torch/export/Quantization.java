package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Scale and zero point of one quantize or dequantize call, per tensor or along an axis, and the
/// ONNX nodes made from them.
///
/// @param grid the codes
/// @param scale FLOAT scalar or vector
/// @param zeroPoint of the codes' type; `null` where it is zero and the type allows leaving it out
/// @param axis axis of the vector; -1 for per tensor
record Quantization(QuantizedGrid grid, Value scale, @Nullable Value zeroPoint, int axis) {

  /// From numbers written in the call.
  static Quantization ofNumbers(OnnxNodes onnx, QuantizedGrid grid, double scale, long zeroPoint) {
    // PyTorch keeps the scale as a double in the call and computes with it in float32.
    Value scaleValue = onnx.constant("scale", DenseTensor.scalar((float) scale));
    Value zero = onnx.constant("zero_point", grid.codes(new long[] {zeroPoint}));
    return new Quantization(grid, scaleValue, zero, -1);
  }

  /// From tensors; constant ones are converted here, others at run time.
  ///
  /// @param axis axis along which they vary; -1 for per tensor, when they have one element
  static Quantization ofTensors(
      OnnxNodes onnx, QuantizedGrid grid, Value scales, @Nullable Value zeroPoints, int axis) {
    Optional<DenseTensor> constantScales = onnx.constantData(scales);
    Value scale =
        constantScales
            .map(data -> onnx.constant("scale", floats(data, axis)))
            .orElseGet(() -> scalarUnless(onnx, onnx.castTo(scales, DataType.FLOAT), axis));
    Optional<DenseTensor> constantZeros =
        zeroPoints == null
            ? constantScales.map(data -> zeros(data.elementCount()))
            : onnx.constantData(zeroPoints);
    if (constantZeros.isEmpty()) {
      if (zeroPoints == null) {
        return new Quantization(grid, scale, null, axis);
      }
      Value zero = scalarUnless(onnx, onnx.castTo(zeroPoints, grid.type()), axis);
      return new Quantization(grid, scale, zero, axis);
    }
    long[] zeros = integers(constantZeros.get());
    // Zeros are spelt out but for biases: ONNX Runtime's QGemm asks for its weight's zero point.
    if (grid.type() == DataType.INT32 && allZero(zeros)) {
      return new Quantization(grid, scale, null, axis);
    }
    DenseTensor codes = axis < 0 ? grid.codes(zeros) : grid.codes(zeros, zeros.length);
    return new Quantization(grid, scale, onnx.constant("zero_point", codes), axis);
  }

  Value quantize(OnnxNodes onnx, Value input) {
    return onnx.add(spec("QuantizeLinear", input));
  }

  Value dequantize(OnnxNodes onnx, Value codes) {
    return onnx.add(spec("DequantizeLinear", codes));
  }

  /// Codes of a constant, as PyTorch computes them: a product with the reciprocal scale in float32,
  /// rounded half to even, limited to the grid. Empty when something is not constant.
  Optional<DenseTensor> codesOf(OnnxNodes onnx, DenseTensor values) {
    Optional<DenseTensor> scales = onnx.constantData(scale);
    if (scales.isEmpty() || values.dataType() != DataType.FLOAT) {
      return Optional.empty();
    }
    long[] zeros = {0};
    if (zeroPoint != null) {
      Optional<DenseTensor> data = onnx.constantData(zeroPoint);
      if (data.isEmpty()) {
        return Optional.empty();
      }
      zeros = integers(data.get());
    }
    float[] steps = scales.get().toFloatArray();
    float[] numbers = values.toFloatArray();
    long inner = 1;
    for (int i = axis + 1; axis >= 0 && i < values.dims().size(); i++) {
      inner *= values.dims().get(i);
    }
    long[] codes = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      int channel = axis < 0 ? 0 : (int) (i / inner % values.dims().get(axis));
      long zero = zeros[zeros.length == 1 ? 0 : channel];
      float inverse = 1f / steps[steps.length == 1 ? 0 : channel];
      double rounded = Math.rint(numbers[i] * inverse) + zero;
      codes[i] = (long) Math.max((double) grid.min(), Math.min((double) grid.max(), rounded));
    }
    long[] dims = values.dims().stream().mapToLong(Long::longValue).toArray();
    return Optional.of(grid.codes(codes, dims));
  }

  private NodeSpec spec(String op, Value input) {
    NodeSpec spec =
        NodeSpec.of(op)
            .inputs(zeroPoint == null ? List.of(input, scale) : List.of(input, scale, zeroPoint));
    return axis < 0 ? spec : spec.attribute("axis", axis);
  }

  static long[] integers(DenseTensor tensor) {
    long[] values = new long[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.dataType().isFloat() ? (long) tensor.doubleAt(i) : tensor.longAt(i);
    }
    return values;
  }

  private static DenseTensor floats(DenseTensor tensor, int axis) {
    float[] values = new float[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.doubleAt(i);
    }
    return axis < 0 ? DenseTensor.ofFloats(values) : DenseTensor.ofFloats(values, values.length);
  }

  private static Value scalarUnless(OnnxNodes onnx, Value value, int axis) {
    return axis < 0 ? onnx.add("Reshape", value, onnx.vector()) : value;
  }

  private static DenseTensor zeros(long count) {
    return DenseTensor.ofLongs(new long[Math.toIntExact(count)], count);
  }

  private static boolean allZero(long[] values) {
    for (long value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
