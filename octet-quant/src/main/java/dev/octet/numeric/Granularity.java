package dev.octet.numeric;

/// How much of a tensor shares one scale and zero point.
public sealed interface Granularity {

  /// One scale for the whole tensor.
  record PerTensor() implements Granularity {}

  /// One scale for each index along `axis`.
  ///
  /// @param axis non-negative dimension index
  record PerChannel(int axis) implements Granularity {
    public PerChannel {
      requireAxis(axis);
    }
  }

  /// One scale for each run of `size` elements along `axis`, at each position of the other axes;
  /// the last run may be shorter.
  ///
  /// @param axis non-negative dimension index
  /// @param size positive number of elements
  record PerBlock(int axis, int size) implements Granularity {
    public PerBlock {
      requireAxis(axis);
      if (size <= 0) {
        throw new IllegalArgumentException("a block needs at least one element, got " + size);
      }
    }
  }

  static Granularity perTensor() {
    return new PerTensor();
  }

  static Granularity perChannel(int axis) {
    return new PerChannel(axis);
  }

  static Granularity perBlock(int axis, int size) {
    return new PerBlock(axis, size);
  }

  private static void requireAxis(int axis) {
    if (axis < 0) {
      throw new IllegalArgumentException("axis must be normalized to 0 or more, got " + axis);
    }
  }
}
