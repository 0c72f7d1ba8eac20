package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Pooling to a given output size: over everything → `GlobalAveragePool`, `GlobalMaxPool`; by equal
/// windows → `AveragePool`, `MaxPool`.
final class AdaptivePoolTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.adaptive_avg_pool1d",
        "aten.adaptive_avg_pool2d",
        "aten.adaptive_avg_pool3d",
        "aten._adaptive_avg_pool2d",
        "aten._adaptive_avg_pool3d",
        "aten.adaptive_max_pool1d",
        "aten.adaptive_max_pool2d",
        "aten.adaptive_max_pool3d");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean average = call.op().contains("avg");
    int dims = call.op().charAt(call.op().indexOf("pool") + 4) - '0';
    if (call.rank("self") == dims + 2) {
      return pooled(call, onnx, call.tensor("self"), average, dims);
    }
    Value batched = onnx.add("Unsqueeze", call.tensor("self"), onnx.vector(0));
    return switch (pooled(call, onnx, batched, average, dims)) {
      case Translation.Values(List<@Nullable Value> values) ->
          Translation.of(
              values.stream()
                  .map(value -> onnx.add("Squeeze", Objects.requireNonNull(value), onnx.vector(0)))
                  .toList());
      case Translation.Scalar scalar -> scalar;
      case Translation.Unsupported unsupported -> unsupported;
    };
  }

  private static Translation pooled(
      Call call, OnnxNodes onnx, Value input, boolean average, int dims) {
    int first = call.rank("self") - dims;
    List<Size> wanted = call.sizes("output_size");
    boolean placed = !average && call.isRead(1);
    if (wanted.stream().allMatch(size -> size.equals(Size.of(1)))) {
      if (placed) {
        return Translation.of(AdaptiveMaxima.ofAll(onnx, input, dims));
      }
      return Translation.of(onnx.add(average ? "GlobalAveragePool" : "GlobalMaxPool", input));
    }
    long[] from = new long[dims];
    long[] to = new long[dims];
    boolean even = true;
    for (int axis = 0; axis < dims; axis++) {
      if (!(call.meta("self").sizes().get(first + axis) instanceof SymInt.Known(long in))
          || !(wanted.get(wanted.size() == 1 ? 0 : axis) instanceof Size.Fixed(long out))) {
        return Translation.unsupported(
            "adaptive pooling from or to a varying size, other than to 1");
      }
      from[axis] = in;
      to[axis] = out;
      even &= in % out == 0;
    }
    if (placed) {
      return Translation.of(AdaptiveMaxima.of(onnx, input, from, to));
    }
    if (Arrays.equals(from, to)) {
      return Translation.of(input);
    }
    if (even) {
      List<Long> kernel = new ArrayList<>();
      for (int axis = 0; axis < dims; axis++) {
        kernel.add(from[axis] / to[axis]);
      }
      return Translation.of(
          onnx.add(
              NodeSpec.of(average ? "AveragePool" : "MaxPool")
                  .inputs(input)
                  .attribute("kernel_shape", new Attribute.OfInts(kernel))
                  .attribute("strides", new Attribute.OfInts(kernel))));
    }
    DataType type = OnnxNodes.onnx(call.meta("self").dtype());
    Value pooled = input;
    for (int axis = 0; axis < dims; axis++) {
      pooled =
          average
              ? averaged(onnx, pooled, type, axis, dims, (int) from[axis], (int) to[axis])
              : greatest(onnx, pooled, axis + 2, (int) from[axis], (int) to[axis]);
    }
    return Translation.of(pooled);
  }

  // Windows of unequal size: each result is a row of a matrix that averages, axis after axis.
  private static Value averaged(
      OnnxNodes onnx, Value input, DataType type, int axis, int dims, int from, int to) {
    double[] matrix = new double[from * to];
    for (int i = 0; i < to; i++) {
      int start = start(i, from, to);
      int end = end(i, from, to);
      for (int k = start; k < end; k++) {
        matrix[k * to + i] = 1.0 / (end - start);
      }
    }
    List<Long> order = new ArrayList<>(LongStream.range(0, dims + 2).boxed().toList());
    Collections.swap(order, axis + 2, dims + 1);
    Value turned = AxisOrderTranslator.transpose(onnx, input, order);
    Value weights = onnx.numbers("average", type, matrix, from, to);
    return AxisOrderTranslator.transpose(onnx, onnx.add("MatMul", turned, weights), order);
  }

  // Windows are filled up to equal length with their last element, which changes no maximum.
  private static Value greatest(OnnxNodes onnx, Value input, int axis, int from, int to) {
    int longest = 0;
    for (int i = 0; i < to; i++) {
      longest = Math.max(longest, end(i, from, to) - start(i, from, to));
    }
    long[] places = new long[to * longest];
    for (int i = 0; i < places.length; i++) {
      int window = i / longest;
      places[i] = Math.min(start(window, from, to) + i % longest, end(window, from, to) - 1);
    }
    Value index = onnx.constant("windows", DenseTensor.ofLongs(places, to, longest));
    Value windows = onnx.add(NodeSpec.of("Gather").inputs(input, index).attribute("axis", axis));
    return onnx.add(
        NodeSpec.of("ReduceMax").inputs(windows, onnx.vector(axis + 1L)).attribute("keepdims", 0));
  }

  /// Where a window begins.
  static int start(int window, int from, int to) {
    return window * from / to;
  }

  /// Where a window ends.
  static int end(int window, int from, int to) {
    return Math.ceilDiv((window + 1) * from, to);
  }
}
