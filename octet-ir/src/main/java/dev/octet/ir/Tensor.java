package dev.octet.ir;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Read-only tensor data, apart from any name. Sizes and offsets are `long` throughout; nothing is
/// copied when a model is loaded.
public sealed interface Tensor permits DenseTensor, StringTensor {
  DataType dataType();

  /// Dimensions, outermost first; empty for a scalar.
  List<Long> dims();

  /// Number of elements: the product of [#dims()].
  default long elementCount() {
    return dims().stream().reduce(1L, Math::multiplyExact);
  }

  /// Bytes the elements take.
  long byteSize();

  /// A static [Shape] of the same dimensions.
  default Shape shape() {
    return new Shape(dims().stream().map(Dim::of).toList());
  }

  /// This tensor's elements as raw bytes.
  ///
  /// @throws IllegalStateException when the elements are strings
  default MemorySegment data() {
    return switch (this) {
      case DenseTensor dense -> dense.data();
      case StringTensor strings ->
          throw new IllegalStateException("a string tensor has no raw bytes: " + strings.dims());
    };
  }
}
