package dev.octet.torch.graph;

import dev.octet.ir.TensorMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.LongStream;

/// Gathers the elements of a strided tensor, row-major without gaps. The two axes that matter, the
/// innermost of the result and the one along which the storage runs, are walked in small squares,
/// so that a turned matrix is read and written by whole cache lines; all cores walk a large one.
final class StridedCopy {
  private static final int SQUARE = 128;

  // Rows of an array lie apart by an odd number of cache lines, lest a column fills a few sets.
  private static final int PITCH = SQUARE + 16;

  // Fewer elements are not worth a second core.
  private static final long LARGE = 1 << 18;

  private final MemorySegment storage;
  private final MemorySegment target;
  private final int width;
  private final long[] sizes;
  private final long[] strides;
  // Steps of the result, in elements.
  private final long[] steps;
  private final int runs;

  private StridedCopy(TorchTensor tensor, MemorySegment target) {
    this.storage = tensor.storage();
    this.target = target;
    this.width = tensor.dtype().bytes();
    this.sizes = numbers(tensor.sizes());
    this.strides = numbers(tensor.strides());
    this.steps = numbers(TorchTensor.contiguous(tensor.sizes()));
    this.runs = fastest();
  }

  /// A fresh copy of the elements.
  static MemorySegment of(TorchTensor tensor) {
    MemorySegment target =
        TensorMemory.allocate(Math.multiplyExact(tensor.elementCount(), tensor.dtype().bytes()));
    if (tensor.elementCount() > 0) {
      new StridedCopy(tensor, target).gather(0, tensor.storageOffset(), 0);
      TensorMemory.release(tensor.storage());
      TensorMemory.release(target);
    }
    return target;
  }

  // Of the axes but the last, the one along which the storage runs; the last when none is better.
  private int fastest() {
    int last = sizes.length - 1;
    int best = last;
    for (int axis = 0; axis < last; axis++) {
      if (sizes[axis] > 1 && strides[axis] > 0 && strides[axis] < strides[best]) {
        best = axis;
      }
    }
    return best;
  }

  private void gather(int axis, long from, long to) {
    int last = sizes.length - 1;
    if (axis == runs && axis != last) {
      gather(axis + 1, from, to);
    } else if (axis < last) {
      for (long i = 0; i < sizes[axis]; i++) {
        gather(axis + 1, from + i * strides[axis], to + i * steps[axis]);
      }
    } else if (runs == last) {
      row(last < 0 ? 1 : sizes[last], from, last < 0 ? 1 : strides[last], to);
    } else {
      squares(from, to);
    }
  }

  private void squares(long from, long to) {
    long stripes = Math.ceilDiv(sizes[runs], (long) SQUARE);
    LongStream each = LongStream.range(0, stripes);
    if (sizes[runs] * sizes[sizes.length - 1] >= LARGE) {
      each = each.parallel();
    }
    each.forEach(stripe -> stripe(stripe * SQUARE, from, to));
  }

  private void stripe(long row, long from, long to) {
    int last = sizes.length - 1;
    int rows = (int) Math.min(sizes[runs] - row, SQUARE);
    boolean whole = width == Integer.BYTES && strides[runs] == 1;
    int[] square = new int[whole ? SQUARE * PITCH : 0];
    int[] line = new int[whole ? SQUARE : 0];
    for (long column = 0; column < sizes[last]; column += SQUARE) {
      int columns = (int) Math.min(sizes[last] - column, SQUARE);
      long corner = from + row * strides[runs] + column * strides[last];
      long place = to + row * steps[runs] + column;
      if (whole) {
        turn(rows, columns, corner, place, square, line);
      } else {
        for (int i = 0; i < rows; i++) {
          row(columns, corner + i * strides[runs], strides[last], place + i * steps[runs]);
        }
      }
    }
  }

  // By way of arrays, which even code that is not optimized yet walks quickly.
  private void turn(int rows, int columns, long from, long to, int[] square, int[] line) {
    int last = sizes.length - 1;
    for (int j = 0; j < columns; j++) {
      long start = (from + j * strides[last]) * Integer.BYTES;
      MemorySegment.copy(storage, ValueLayout.JAVA_INT_UNALIGNED, start, square, j * PITCH, rows);
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0, k = i; j < columns; j++, k += PITCH) {
        line[j] = square[k];
      }
      long start = (to + i * steps[runs]) * Integer.BYTES;
      MemorySegment.copy(line, 0, target, ValueLayout.JAVA_INT_UNALIGNED, start, columns);
    }
  }

  private void row(long count, long from, long stride, long to) {
    if (stride == 1) {
      MemorySegment.copy(storage, from * width, target, to * width, count * width);
      return;
    }
    switch (width) {
      case 1 -> {
        for (long i = 0; i < count; i++) {
          target.set(
              ValueLayout.JAVA_BYTE, to + i, storage.get(ValueLayout.JAVA_BYTE, from + i * stride));
        }
      }
      case Short.BYTES -> {
        for (long i = 0; i < count; i++) {
          target.setAtIndex(
              ValueLayout.JAVA_SHORT_UNALIGNED,
              to + i,
              storage.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, from + i * stride));
        }
      }
      case Integer.BYTES -> {
        for (long i = 0; i < count; i++) {
          target.setAtIndex(
              ValueLayout.JAVA_INT_UNALIGNED,
              to + i,
              storage.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, from + i * stride));
        }
      }
      default -> {
        for (long i = 0; i < count; i++) {
          MemorySegment.copy(storage, (from + i * stride) * width, target, (to + i) * width, width);
        }
      }
    }
  }

  private static long[] numbers(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
