package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// Elements of a small integer or BOOL tensor, as far as known. Truth values are 1 and 0.
///
/// @param elements in order; `null` where one is not known
/// @param scalar whether the tensor has no dimension, rather than one
record KnownIntegers(List<@Nullable DimExpression> elements, boolean scalar) {
  /// Tensors with more elements are not followed: they hold data, not shapes.
  static final int MAX_ELEMENTS = 256;

  KnownIntegers {
    elements = Collections.unmodifiableList(new ArrayList<>(elements));
  }

  static KnownIntegers scalar(@Nullable DimExpression element) {
    return new KnownIntegers(Collections.singletonList(element), true);
  }

  static KnownIntegers vector(List<? extends @Nullable DimExpression> elements) {
    return new KnownIntegers(new ArrayList<>(elements), false);
  }

  /// The elements of a constant, when it is a small integer or BOOL tensor of rank 0 or 1.
  static Optional<KnownIntegers> of(Tensor tensor) {
    boolean integers = tensor.dataType().isInteger() || tensor.dataType() == DataType.BOOL;
    if (!integers
        || tensor.dims().size() > 1
        || tensor.elementCount() > MAX_ELEMENTS
        || !(tensor instanceof DenseTensor dense)) {
      return Optional.empty();
    }
    List<DimExpression> elements = new ArrayList<>();
    for (long i = 0; i < dense.elementCount(); i++) {
      elements.add(DimExpression.of(dense.longAt(i)));
    }
    return Optional.of(new KnownIntegers(new ArrayList<>(elements), tensor.dims().isEmpty()));
  }

  Shape shape() {
    return scalar ? new Shape(List.of()) : Shape.of(elements.size());
  }

  int size() {
    return elements.size();
  }

  Optional<DimExpression> element(int index) {
    return Optional.ofNullable(elements.get(index));
  }

  /// The elements as plain numbers, when all of them are.
  Optional<long[]> numbers() {
    long[] numbers = new long[elements.size()];
    for (int i = 0; i < numbers.length; i++) {
      OptionalLong value = element(i).map(DimExpression::value).orElse(OptionalLong.empty());
      if (value.isEmpty()) {
        return Optional.empty();
      }
      numbers[i] = value.getAsLong();
    }
    return Optional.of(numbers);
  }

  /// The elements as a tensor of a value's type, when all are plain numbers and the type is one
  /// that shapes are made of.
  Optional<Tensor> toTensor(ValueType type) {
    Optional<long[]> numbers = numbers();
    if (numbers.isEmpty()
        || !(type instanceof ValueType.OfTensor(DataType dataType, var ignored))) {
      return Optional.empty();
    }
    long[] dims = scalar ? new long[0] : new long[] {size()};
    return switch (dataType) {
      case INT64 -> Optional.of(DenseTensor.ofLongs(numbers.get(), dims));
      case INT32 -> Optional.of(DenseTensor.ofInts(narrowed(numbers.get()), dims));
      case BOOL -> Optional.of(DenseTensor.ofBytes(DataType.BOOL, bytes(numbers.get()), dims));
      default -> Optional.empty();
    };
  }

  /// The elements as dimensions.
  List<Dim> dims() {
    return elements.stream()
        .map(element -> element == null ? Dim.unknown() : element.toDim())
        .toList();
  }

  /// Element by element, a single element standing for as many as the other side has; empty when
  /// the sizes do not go together.
  Optional<KnownIntegers> combine(KnownIntegers other, BinaryOperator<@Nullable DimExpression> f) {
    int size = size() == 1 ? other.size() : size();
    if (other.size() != 1 && other.size() != size) {
      return Optional.empty();
    }
    List<@Nullable DimExpression> combined = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      DimExpression left = elements.get(size() == 1 ? 0 : i);
      DimExpression right = other.elements.get(other.size() == 1 ? 0 : i);
      combined.add(left == null || right == null ? null : f.apply(left, right));
    }
    return Optional.of(new KnownIntegers(combined, scalar && other.scalar));
  }

  private static int[] narrowed(long[] numbers) {
    return Arrays.stream(numbers).mapToInt(Math::toIntExact).toArray();
  }

  private static byte[] bytes(long[] numbers) {
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (numbers[i] == 0 ? 0 : 1);
    }
    return bytes;
  }
}
