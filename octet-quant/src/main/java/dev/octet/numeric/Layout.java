package dev.octet.numeric;

/// How the elements of a row-major tensor fall to scales: `outer` slabs, each of `axisSize` rows,
/// each of `inner` neighbouring elements; `blockSize` rows share scales.
///
/// @param outer product of the dimensions before the axis
/// @param axisSize elements along the axis
/// @param inner product of the dimensions after the axis
/// @param blockSize elements along the axis that share a scale
/// @param perPosition whether each position of the other axes has scales of its own
record Layout(int outer, int axisSize, int inner, int blockSize, boolean perPosition) {

  /// Called with each run of neighbouring elements that share a scale.
  @FunctionalInterface
  interface RunVisitor {
    void visit(int start, int length, int entry);
  }

  static Layout of(long[] shape, Granularity granularity, int elements) {
    if (elements(shape) != elements) {
      throw new IllegalArgumentException(
          elements + " elements do not fill shape " + java.util.Arrays.toString(shape));
    }
    return switch (granularity) {
      case Granularity.PerTensor() -> new Layout(1, 1, elements, 1, false);
      case Granularity.PerChannel(int axis) -> along(shape, axis, 1, false);
      case Granularity.PerBlock(int axis, int size) -> along(shape, axis, size, true);
    };
  }

  static long elements(long[] shape) {
    long product = 1;
    for (long dim : shape) {
      product = Math.multiplyExact(product, dim);
    }
    return product;
  }

  /// Number of scales.
  int entries() {
    int blocks = Math.ceilDiv(axisSize, blockSize);
    return perPosition ? outer * blocks * inner : blocks;
  }

  void requireEntries(QuantParams params) {
    if (params.count() != entries()) {
      throw new IllegalArgumentException(
          params.count() + " scales for " + params.granularity() + ", expected " + entries());
    }
  }

  /// Visits every element once, in row-major order.
  void forEachRun(RunVisitor visitor) {
    if (inner == 0) {
      return;
    }
    int start = 0;
    for (int slab = 0; slab < outer; slab++) {
      for (int row = 0; row < axisSize; row++) {
        if (perPosition) {
          int first = (slab * Math.ceilDiv(axisSize, blockSize) + row / blockSize) * inner;
          for (int position = 0; position < inner; position++) {
            visitor.visit(start + position, 1, first + position);
          }
        } else {
          visitor.visit(start, inner, row);
        }
        start += inner;
      }
    }
  }

  private static Layout along(long[] shape, int axis, int blockSize, boolean perPosition) {
    if (axis >= shape.length) {
      throw new IllegalArgumentException("axis " + axis + " of a tensor of rank " + shape.length);
    }
    int outer = 1;
    int inner = 1;
    for (int i = 0; i < shape.length; i++) {
      if (i < axis) {
        outer = Math.toIntExact(outer * shape[i]);
      } else if (i > axis) {
        inner = Math.toIntExact(inner * shape[i]);
      }
    }
    return new Layout(outer, Math.toIntExact(shape[axis]), inner, blockSize, perPosition);
  }
}
