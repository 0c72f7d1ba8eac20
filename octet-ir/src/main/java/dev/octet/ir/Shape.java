package dev.octet.ir;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// A tensor's dimensions, of known rank. A scalar has no dimensions; a tensor of unknown rank has
/// no `Shape` at all (see [ValueType.OfTensor#shape()]).
///
/// @param dims outermost first
public record Shape(List<Dim> dims) {
  public Shape {
    dims = List.copyOf(dims);
  }

  /// A shape of known sizes.
  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
  }

  public static Shape of(List<? extends Dim> dims) {
    return new Shape(List.copyOf(dims));
  }

  public int rank() {
    return dims.size();
  }

  public Dim dim(int axis) {
    return dims.get(axis);
  }

  /// Whether every dimension is [Dim.Known].
  public boolean isStatic() {
    return dims.stream().allMatch(Dim.Known.class::isInstance);
  }

  /// Number of elements, when every dimension is known.
  public OptionalLong elementCount() {
    long count = 1;
    for (Dim dim : dims) {
      if (!(dim instanceof Dim.Known(long size))) {
        return OptionalLong.empty();
      }
      count = Math.multiplyExact(count, size);
    }
    return OptionalLong.of(count);
  }

  /// The sizes of a static shape.
  ///
  /// @throws IllegalStateException when a dimension is not known
  public long[] sizes() {
    return dims.stream()
        .mapToLong(
            dim -> {
              if (dim instanceof Dim.Known(long size)) {
                return size;
              }
              throw new IllegalStateException("shape " + this + " is not static");
            })
        .toArray();
  }

  /// `[batch,1,8000]`.
  @Override
  public String toString() {
    return dims.stream().map(Dim::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
