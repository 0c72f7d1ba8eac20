package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `Concat` and `Gather`: blocks of elements copied one after another.
final class JoinEvaluator implements ConstantEvaluator {
  @Override
  public List<String> operators() {
    return List.of("Concat", "Gather");
  }

  @Override
  public Optional<DenseTensor> evaluate(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    for (DenseTensor input : inputs) {
      if (input == null || input.dataType().bits() % 8 != 0) {
        return Optional.empty();
      }
    }
    return node.is("Concat") ? concat(node, inputs, dims) : gather(node, inputs, dims);
  }

  private static Optional<DenseTensor> concat(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    long stated = node.intAttribute("axis", 0);
    int axis = (int) (stated < 0 ? stated + dims.length : stated);
    DenseTensor first = Objects.requireNonNull(inputs.getFirst());
    long outer = product(dims, 0, axis);
    long inner = product(dims, axis + 1, dims.length) * first.dataType().bits() / 8;
    MemorySegment target = buffer(outer * dims[axis] * inner);
    long position = 0;
    for (long block = 0; block < outer; block++) {
      for (DenseTensor input : inputs) {
        if (input != null) {
          long bytes = input.dims().get(axis) * inner;
          MemorySegment.copy(input.data(), block * bytes, target, position, bytes);
          position += bytes;
        }
      }
    }
    return Optional.of(new DenseTensor(first.dataType(), boxed(dims), target));
  }

  private static Optional<DenseTensor> gather(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    DenseTensor data = Objects.requireNonNull(inputs.get(0));
    DenseTensor indices = Objects.requireNonNull(inputs.get(1));
    long[] from = data.dims().stream().mapToLong(Long::longValue).toArray();
    long stated = node.intAttribute("axis", 0);
    int axis = (int) (stated < 0 ? stated + from.length : stated);
    long outer = product(from, 0, axis);
    long inner = product(from, axis + 1, from.length) * data.dataType().bits() / 8;
    long count = indices.elementCount();
    MemorySegment target = buffer(outer * count * inner);
    for (long block = 0; block < outer; block++) {
      for (long i = 0; i < count; i++) {
        long index = indices.longAt(i);
        long row = block * from[axis] + (index < 0 ? index + from[axis] : index);
        if (index < -from[axis] || index >= from[axis]) {
          return Optional.empty();
        }
        MemorySegment.copy(data.data(), row * inner, target, (block * count + i) * inner, inner);
      }
    }
    return Optional.of(new DenseTensor(data.dataType(), boxed(dims), target));
  }

  private static MemorySegment buffer(long bytes) {
    return MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
  }

  private static long product(long[] dims, int from, int to) {
    long product = 1;
    for (int i = from; i < to; i++) {
      product *= dims[i];
    }
    return product;
  }

  private static List<Long> boxed(long[] dims) {
    return Arrays.stream(dims).boxed().toList();
  }
}
