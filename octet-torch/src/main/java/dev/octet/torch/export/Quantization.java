package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Scale and zero point of one quantize or dequantize call, and the ONNX nodes made from them.
///
/// Blocks are an attribute of the nodes since operator set 21. Before, the tensor is seen as rows
/// of one block each, quantized along their first axis.
///
/// @param grid the codes
/// @param scale FLOAT: a scalar, a vector, or for blocks (since operator set 21) a tensor of the
///     quantized one's rank
/// @param zeroPoint of the codes' type, shaped as the scale; `null` where it is zero and the type
///     allows leaving it out
/// @param granularity what shares a scale
record Quantization(
    QuantizedGrid grid, Value scale, @Nullable Value zeroPoint, Granularity granularity) {
  /// The operator set with blocks, 4-bit and 16-bit codes.
  static final int BLOCKS_SINCE = 21;

  /// From numbers written in the call.
  static Quantization ofNumbers(OnnxNodes onnx, QuantizedGrid grid, double scale, long zeroPoint) {
    // PyTorch keeps the scale as a double in the call and computes with it in float32.
    Value scaleValue = onnx.constant("scale", DenseTensor.scalar((float) scale));
    Value zero = onnx.constant("zero_point", grid.codes(new long[] {zeroPoint}));
    return new Quantization(grid, scaleValue, zero, new Granularity.PerTensor());
  }

  /// From tensors; constant ones are converted here, others at run time.
  ///
  /// @param zeroPoints of any type; `null` for zero
  /// @param dims dimensions the scales have by the granularity; 0 for one that varies
  static Quantization ofTensors(
      OnnxNodes onnx,
      QuantizedGrid grid,
      Value scales,
      @Nullable Value zeroPoints,
      Granularity granularity,
      long... dims) {
    long[] shape =
        granularity instanceof Granularity.PerBlock && onnx.opset() < BLOCKS_SINCE
            ? new long[] {-1}
            : dims;
    Optional<DenseTensor> constantScales = onnx.constantData(scales);
    Value scale =
        constantScales
            .map(data -> onnx.constant("scale", floats(data, shape)))
            .orElseGet(() -> atRunTime(onnx, scales, DataType.FLOAT, shape));
    Optional<DenseTensor> constantZeros =
        zeroPoints == null
            ? constantScales.map(data -> zeros(data.elementCount()))
            : onnx.constantData(zeroPoints);
    if (constantZeros.isEmpty()) {
      Value zero = zeroPoints == null ? null : atRunTime(onnx, zeroPoints, grid.type(), shape);
      return new Quantization(grid, scale, zero, granularity);
    }
    long[] zeros = integers(constantZeros.get());
    // Zeros are spelt out but for biases: ONNX Runtime's QGemm asks for its weight's zero point.
    if (grid.type() == DataType.INT32 && allZero(zeros)) {
      return new Quantization(grid, scale, null, granularity);
    }
    DenseTensor codes = grid.codes(zeros, fixed(shape, zeros.length));
    return new Quantization(grid, scale, onnx.constant("zero_point", codes), granularity);
  }

  /// The same scales with codes of another type; empty when the zero points are not constant or do
  /// not fit it.
  Optional<Quantization> on(OnnxNodes onnx, QuantizedGrid other) {
    if (zeroPoint == null) {
      return Optional.empty();
    }
    return onnx.constantData(zeroPoint)
        .filter(zeros -> other.holds(integers(zeros)))
        .map(zeros -> onnx.constant("zero_point", other.codes(integers(zeros), dims(zeros))))
        .map(zeros -> new Quantization(other, scale, zeros, granularity));
  }

  /// Codes of a tensor, within the grid.
  Value quantize(OnnxNodes onnx, Value input) {
    Value codes = inRows(onnx, input, rows -> onnx.add(spec(onnx, "QuantizeLinear", rows)));
    if (!grid.isNarrow()) {
      return codes;
    }
    if (grid.type() != DataType.INT8 && grid.type() != DataType.UINT8) {
      throw new UnsupportedArgument(
          "codes from %d to %d of type %s".formatted(grid.min(), grid.max(), grid.type()));
    }
    // On codes, so that a QuantizeLinear follows the operator it can be fused with.
    return onnx.add(
        "Clip",
        codes,
        onnx.scalar(grid.type(), (double) grid.min()),
        onnx.scalar(grid.type(), (double) grid.max()));
  }

  /// FLOAT numbers of codes.
  Value dequantize(OnnxNodes onnx, Value codes) {
    return inRows(onnx, codes, rows -> onnx.add(spec(onnx, "DequantizeLinear", rows)));
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
    long[] codes = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      int place = place(i, values.dims());
      long zero = zeros[zeros.length == 1 ? 0 : place];
      float inverse = 1f / steps[steps.length == 1 ? 0 : place];
      double rounded = Math.rint(numbers[i] * inverse) + zero;
      codes[i] = (long) Math.max((double) grid.min(), Math.min((double) grid.max(), rounded));
    }
    return Optional.of(grid.codes(codes, dims(values)));
  }

  static long[] integers(DenseTensor tensor) {
    long[] values = new long[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.dataType().isFloat() ? (long) tensor.doubleAt(i) : tensor.longAt(i);
    }
    return values;
  }

  // Index of the scale that belongs to an element.
  private int place(int element, List<Long> dims) {
    return switch (granularity) {
      case Granularity.PerTensor _ -> 0;
      case Granularity.PerBlock(int _, long size) -> (int) (element / size);
      case Granularity.PerAxis(int axis) -> {
        long inner = dims.subList(axis + 1, dims.size()).stream().reduce(1L, Math::multiplyExact);
        yield (int) (element / inner % dims.get(axis));
      }
    };
  }

  private NodeSpec spec(OnnxNodes onnx, String op, Value input) {
    if (grid.type().bits() == 16 && onnx.opset() < BLOCKS_SINCE) {
      throw new UnsupportedArgument(
          "codes of 16 bits before operator set %d: leave --opset away, or raise it"
              .formatted(BLOCKS_SINCE));
    }
    NodeSpec spec =
        NodeSpec.of(op)
            .inputs(zeroPoint == null ? List.of(input, scale) : List.of(input, scale, zeroPoint));
    return switch (granularity) {
      case Granularity.PerTensor _ -> spec;
      case Granularity.PerAxis(int axis) -> spec.attribute("axis", axis);
      case Granularity.PerBlock(int axis, long size) ->
          onnx.opset() < BLOCKS_SINCE
              ? spec.attribute("axis", 0)
              : spec.attribute("axis", axis).attribute("block_size", size);
    };
  }

  private interface Rendering {
    Value of(Value rows);
  }

  private Value inRows(OnnxNodes onnx, Value tensor, Rendering rendering) {
    if (!(granularity instanceof Granularity.PerBlock(int _, long size))
        || onnx.opset() >= BLOCKS_SINCE) {
      return rendering.of(tensor);
    }
    Value rows = rendering.of(onnx.add("Reshape", tensor, onnx.vector(-1, size)));
    return onnx.add("Reshape", rows, onnx.shapeOf(tensor));
  }

  // What was widened and shaped as the program recorded it, before that.
  private static Value plain(OnnxNodes onnx, Value value) {
    return value
        .producer()
        .filter(node -> isWidening(node) || isOfOneElement(onnx, node))
        .map(node -> plain(onnx, node.input(0).orElseThrow()))
        .orElse(value);
  }

  private static boolean isWidening(Node node) {
    long to = node.is("Cast") ? node.intAttribute("to", 0) : 0;
    return to == DataType.DOUBLE.onnxNumber() || to == DataType.INT64.onnxNumber();
  }

  private static boolean isOfOneElement(OnnxNodes onnx, Node node) {
    return node.is("Reshape")
        && onnx.constantData(node.input(1).orElseThrow())
            .filter(shape -> shape.equals(DenseTensor.ofLongs(new long[] {1}, 1)))
            .isPresent();
  }

  // Both calls of a pair ask for the same.
  private static Value atRunTime(OnnxNodes onnx, Value value, DataType type, long... dims) {
    Value number = plain(onnx, value);
    Value cast =
        number.uses().stream()
            .map(Use::node)
            .filter(node -> node.is("Cast") && node.intAttribute("to", 0) == type.onnxNumber())
            .findFirst()
            .map(node -> node.output(0))
            .orElseGet(() -> onnx.castTo(number, type));
    Value shape = onnx.vector(dims);
    return cast.uses().stream()
        .map(Use::node)
        .filter(node -> node.is("Reshape") && node.input(1).equals(Optional.of(shape)))
        .findFirst()
        .map(node -> node.output(0))
        .orElseGet(() -> onnx.add("Reshape", cast, shape));
  }

  private static DenseTensor floats(DenseTensor tensor, long... dims) {
    float[] values = new float[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.doubleAt(i);
    }
    return DenseTensor.ofFloats(values, fixed(dims, values.length));
  }

  // Dimensions of a constant of so many elements.
  private static long[] fixed(long[] dims, int count) {
    long[] known = dims.length == 1 ? new long[] {count} : dims;
    if (Arrays.stream(known).reduce(1, Math::multiplyExact) != count) {
      throw new UnsupportedArgument(
          "%d scales or zero points where %s were expected"
              .formatted(count, Arrays.toString(dims)));
    }
    return known;
  }

  private static long[] dims(DenseTensor tensor) {
    return tensor.dims().stream().mapToLong(Long::longValue).toArray();
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
