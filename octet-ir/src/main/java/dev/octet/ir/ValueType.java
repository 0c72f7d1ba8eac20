package dev.octet.ir;

import org.jspecify.annotations.Nullable;

/// What a [Value] holds at run time. ONNX allows each part to be unstated.
public sealed interface ValueType {

  /// A dense tensor.
  ///
  /// @param dataType element type
  /// @param shape dimensions; `null` when not even the rank is known
  record OfTensor(DataType dataType, @Nullable Shape shape) implements ValueType {
    @Override
    public String toString() {
      return dataType.name().toLowerCase(java.util.Locale.ROOT) + (shape == null ? "[...]" : shape);
    }
  }

  /// A sparse tensor, which Octet passes through untouched.
  record OfSparseTensor(DataType dataType, @Nullable Shape shape) implements ValueType {}

  /// A sequence of values of one type; `null` when the file does not say of which.
  record OfSequence(@Nullable ValueType element) implements ValueType {}

  /// A value that may be absent; `null` when the file does not say of which type.
  record OfOptional(@Nullable ValueType element) implements ValueType {}

  /// A map from integers or strings to values of one type.
  record OfMap(DataType key, @Nullable ValueType value) implements ValueType {}

  static OfTensor tensor(DataType dataType, @Nullable Shape shape) {
    return new OfTensor(dataType, shape);
  }
}
