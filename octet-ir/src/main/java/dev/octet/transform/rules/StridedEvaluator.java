package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Operators that read their input with other strides: `Transpose`, `Expand`, and `Slice` along
/// constant bounds.
final class StridedEvaluator implements ConstantEvaluator {
  @Override
  public List<String> operators() {
    return List.of("Expand", "Slice", "Transpose");
  }

  @Override
  public Optional<DenseTensor> evaluate(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    DenseTensor data = inputs.getFirst();
    if (data == null || data.dataType().bits() % 8 != 0) {
      return Optional.empty();
    }
    long[] natural = naturalStrides(data.dims());
    long[] strides = new long[dims.length];
    long start = 0;
    switch (node.opType()) {
      case "Transpose" -> {
        int[] order = Permutations.of(node).orElse(null);
        if (order == null || order.length != dims.length) {
          return Optional.empty();
        }
        for (int i = 0; i < dims.length; i++) {
          strides[i] = natural[order[i]];
        }
      }
      case "Expand" -> {
        int offset = dims.length - natural.length;
        for (int i = 0; i < natural.length; i++) {
          strides[offset + i] = data.dims().get(i) == 1 ? 0 : natural[i];
        }
      }
      default -> {
        long[][] bounds = bounds(node, inputs, data.dims());
        if (bounds == null) {
          return Optional.empty();
        }
        for (int i = 0; i < dims.length; i++) {
          start += bounds[0][i] * natural[i];
          strides[i] = bounds[1][i] * natural[i];
        }
      }
    }
    return Optional.of(copy(data, dims, strides, start));
  }

  /// First index and step along each axis; `null` when they are not plain.
  private static long @Nullable [][] bounds(
      Node node, List<@Nullable DenseTensor> inputs, List<Long> dims) {
    long[] starts = longs(node, inputs, 1, "starts");
    long[] axes = longs(node, inputs, 3, "axes");
    long[] steps = longs(node, inputs, 4, "steps");
    if (starts == null) {
      return null;
    }
    long[] first = new long[dims.size()];
    long[] step = new long[dims.size()];
    Arrays.fill(step, 1);
    for (int i = 0; i < starts.length; i++) {
      long stated = axes == null ? i : axes[i];
      int axis = (int) (stated < 0 ? stated + dims.size() : stated);
      long size = dims.get(axis);
      step[axis] = steps == null ? 1 : steps[i];
      long from = starts[i] < 0 ? starts[i] + size : starts[i];
      first[axis] = Math.max(0, Math.min(step[axis] < 0 ? size - 1 : size, from));
    }
    return new long[][] {first, step};
  }

  private static long @Nullable [] longs(
      Node node, List<@Nullable DenseTensor> inputs, int index, String attribute) {
    DenseTensor input = index < inputs.size() ? inputs.get(index) : null;
    if (input == null) {
      return node.intsAttribute(attribute).orElse(null);
    }
    long[] values = new long[Math.toIntExact(input.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = input.longAt(i);
    }
    return values;
  }

  private static long[] naturalStrides(List<Long> dims) {
    long[] strides = new long[dims.size()];
    long stride = 1;
    for (int i = dims.size() - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims.get(i);
    }
    return strides;
  }

  private static DenseTensor copy(DenseTensor data, long[] dims, long[] strides, long start) {
    int size = data.dataType().bits() / 8;
    long count = 1;
    for (long dim : dims) {
      count = Math.multiplyExact(count, dim);
    }
    byte[] bytes = new byte[Math.toIntExact(count * size)];
    MemorySegment target = MemorySegment.ofArray(bytes);
    long[] index = new long[dims.length];
    long source = start;
    for (long i = 0; i < count; i++) {
      MemorySegment.copy(data.data(), source * size, target, i * size, size);
      for (int axis = dims.length - 1; axis >= 0; axis--) {
        source += strides[axis];
        if (++index[axis] < dims[axis]) {
          break;
        }
        source -= strides[axis] * dims[axis];
        index[axis] = 0;
      }
    }
    return DenseTensor.ofBytes(data.dataType(), bytes, dims);
  }
}
