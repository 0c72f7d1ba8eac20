package dev.octet.inspect;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.OwnGrids;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Constant data behind a value, through the nodes that only store it in another form.
final class Constants {
  private Constants() {}

  /// Constant real numbers.
  ///
  /// @param holder the value that holds the data as stored
  /// @param stored the data as stored: floats or codes
  /// @param params how codes are to be read; empty for floats
  /// @param dims dimensions as the reader sees them
  /// @param turned axes permuted on the way from the stored data, if they are
  record Found(
      Value holder,
      DenseTensor stored,
      Optional<QuantParams> params,
      List<Long> dims,
      Optional<int[]> turned) {

    /// The real numbers, row-major in [#dims].
    float[] realValues() {
      float[] values =
          params.map(found -> onGrid(stored, found)).orElseGet(() -> Constants.floats(stored));
      return turned.map(perm -> transpose(values, stored.dims(), perm)).orElse(values);
    }

    long elements() {
      return stored.elementCount();
    }

    String storage() {
      String place = holder.producer().isPresent() ? "Constant node" : "initializer";
      String type = stored.dataType().name().toLowerCase(java.util.Locale.ROOT);
      String scales =
          params
              .map(found -> found.count() == 1 ? ", one scale" : ", " + found.count() + " scales")
              .orElse("");
      return type + scales + ", " + place;
    }
  }

  /// The constant real numbers a node would read from `value`; empty when it is computed or holds
  /// neither floats nor codes with a constant scale.
  static Optional<Found> real(Value value) {
    Optional<DenseTensor> direct = FoldedConstants.of(value);
    if (direct.isPresent()) {
      return direct
          .filter(tensor -> isPlainFloat(tensor.dataType()))
          .map(
              tensor ->
                  new Found(value, tensor, Optional.empty(), tensor.dims(), Optional.empty()));
    }
    if (value.producer().isEmpty()) {
      return Optional.empty();
    }
    Node node = value.producer().get();
    return switch (node.opType()) {
      case "DequantizeLinear" -> dequantized(node);
      case "Identity", "Cast" -> node.input(0).flatMap(Constants::real);
      case "Transpose" -> node.input(0).flatMap(Constants::real).flatMap(c -> transposed(c, node));
      case "Reshape", "Flatten", "Squeeze", "Unsqueeze" ->
          node.input(0)
              .flatMap(Constants::real)
              .filter(found -> found.turned.isEmpty() && value.shape().isPresent())
              .filter(found -> value.shape().get().isStatic())
              .map(
                  found ->
                      new Found(
                          found.holder,
                          found.stored,
                          found.params,
                          Arrays.stream(value.shape().get().sizes()).boxed().toList(),
                          Optional.empty()));
      default -> Optional.empty();
    };
  }

  /// Constant codes read with the scale and zero point that a node takes beside them.
  ///
  /// @param axis axis of the scales when there are several
  static Optional<Found> codes(
      Optional<Value> codes, Optional<Value> scale, Optional<Value> zeroPoint, int axis) {
    if (codes.isEmpty() || scale.isEmpty()) {
      return Optional.empty();
    }
    Optional<DenseTensor> stored = FoldedConstants.of(codes.get());
    Optional<DenseTensor> scales = FoldedConstants.of(scale.get());
    if (stored.isEmpty() || scales.isEmpty()) {
      return Optional.empty();
    }
    return OwnGrids.of(
            stored.get().dataType(),
            scales.get(),
            zeroPoint.flatMap(FoldedConstants::of),
            axis < 0 ? axis + stored.get().dims().size() : axis,
            0)
        .map(
            params ->
                new Found(
                    codes.get(),
                    stored.get(),
                    Optional.of(params),
                    stored.get().dims(),
                    Optional.empty()));
  }

  /// The real values of codes: `(code - zero point) * scale` in 32-bit floats.
  static float[] dequantize(DenseTensor codes, QuantParams params) {
    int count = Math.toIntExact(codes.elementCount());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int scale = scaleIndex(codes.dims(), params, i);
      values[i] = (codes.longAt(i) - params.zeroPoint(scale)) * params.scale(scale);
    }
    return values;
  }

  static float[] floats(DenseTensor tensor) {
    if (tensor.dataType() == DataType.FLOAT) {
      return tensor.toFloatArray();
    }
    float[] values = new float[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) tensor.doubleAt(i);
    }
    return values;
  }

  static float[] transpose(float[] values, List<Long> dims, int[] perm) {
    int rank = perm.length;
    long[] strides = new long[rank];
    long stride = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dims.get(axis);
    }
    float[] result = new float[values.length];
    long[] index = new long[rank];
    for (int i = 0; i < result.length; i++) {
      long from = 0;
      for (int axis = 0; axis < rank; axis++) {
        from += index[axis] * strides[perm[axis]];
      }
      result[i] = values[(int) from];
      for (int axis = rank - 1; axis >= 0; axis--) {
        if (++index[axis] < dims.get(perm[axis])) {
          break;
        }
        index[axis] = 0;
      }
    }
    return result;
  }

  static boolean isPlainFloat(DataType type) {
    return switch (type) {
      case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> true;
      default -> false;
    };
  }

  private static Optional<Found> dequantized(Node node) {
    Value source = node.input(0).orElseThrow();
    Optional<DenseTensor> codes = FoldedConstants.of(source);
    if (codes.isPresent()) {
      return OwnGrids.of(node, codes.get().dataType(), codes.get().dims().size())
          .map(
              params ->
                  new Found(
                      source,
                      codes.get(),
                      Optional.of(params),
                      codes.get().dims(),
                      Optional.empty()));
    }
    // A float constant behind both nodes: what trained-in fake quantization exports.
    Optional<Node> quantizer = source.producer().filter(n -> n.is("QuantizeLinear"));
    Optional<DenseTensor> floats = quantizer.flatMap(n -> n.input(0)).flatMap(FoldedConstants::of);
    if (floats.isEmpty()) {
      return Optional.empty();
    }
    DataType type =
        node.input(2)
            .flatMap(FoldedConstants::of)
            .map(DenseTensor::dataType)
            .orElse(DataType.UINT8);
    return OwnGrids.of(node, type, floats.get().dims().size())
        .map(
            params ->
                new Found(
                    quantizer.get().input(0).orElseThrow(),
                    floats.get(),
                    Optional.of(params),
                    floats.get().dims(),
                    Optional.empty()));
  }

  /// Stored codes are dequantized; stored floats are put on the grid that is applied to them.
  private static float[] onGrid(DenseTensor stored, QuantParams params) {
    if (!isPlainFloat(stored.dataType())) {
      return dequantize(stored, params);
    }
    float[] values = floats(stored);
    for (int i = 0; i < values.length; i++) {
      int scale = scaleIndex(stored.dims(), params, i);
      double code =
          Math.clamp(
              Math.rint(values[i] / params.scale(scale)) + params.zeroPoint(scale),
              params.type().qmin(),
              params.type().qmax());
      values[i] = (float) (code - params.zeroPoint(scale)) * params.scale(scale);
    }
    return values;
  }

  private static int scaleIndex(List<Long> dims, QuantParams params, long element) {
    return switch (params.granularity()) {
      case Granularity.PerTensor() -> 0;
      case Granularity.PerChannel(int axis) -> {
        long inner = inner(dims, axis);
        yield (int) (element / inner % dims.get(axis));
      }
      case Granularity.PerBlock(int axis, int size) -> {
        long inner = inner(dims, axis);
        long blocks = Math.ceilDiv(dims.get(axis), (long) size);
        long outer = element / (inner * dims.get(axis));
        long block = element / inner % dims.get(axis) / size;
        yield (int) ((outer * blocks + block) * inner + element % inner);
      }
    };
  }

  private static long inner(List<Long> dims, int axis) {
    return dims.subList(axis + 1, dims.size()).stream().reduce(1L, Math::multiplyExact);
  }

  private static Optional<Found> transposed(Found found, Node node) {
    if (found.turned.isPresent()) {
      return Optional.empty();
    }
    int rank = found.dims.size();
    int[] perm =
        node.intsAttribute("perm")
            .map(axes -> Arrays.stream(axes).mapToInt(Math::toIntExact).toArray())
            .orElseGet(
                () -> {
                  List<Integer> axes = new ArrayList<>();
                  for (int i = 0; i < rank; i++) {
                    axes.add(i);
                  }
                  Collections.reverse(axes);
                  return axes.stream().mapToInt(Integer::intValue).toArray();
                });
    List<Long> dims = Arrays.stream(perm).mapToObj(found.dims::get).toList();
    return Optional.of(
        new Found(found.holder, found.stored, found.params, dims, Optional.of(perm)));
  }
}
