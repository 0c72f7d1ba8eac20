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
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Elements of a small integer or BOOL tensor, as far as known. Truth values are 1 and 0.
///
/// @param elements in row-major order; `null` where one is not known
/// @param shape the tensor's, static
record KnownIntegers(List<@Nullable DimExpression> elements, Shape shape) {
  /// Tensors with more elements are not followed: they hold data, not shapes.
  static final int MAX_ELEMENTS = 256;

  KnownIntegers {
    elements = Collections.unmodifiableList(new ArrayList<>(elements));
    if (shape.elementCount().orElse(-1) != elements.size()) {
      throw new IllegalArgumentException(elements.size() + " elements in shape " + shape);
    }
  }

  static KnownIntegers scalar(@Nullable DimExpression element) {
    return new KnownIntegers(Collections.singletonList(element), Shape.of());
  }

  static KnownIntegers vector(List<? extends @Nullable DimExpression> elements) {
    return new KnownIntegers(new ArrayList<>(elements), Shape.of(elements.size()));
  }

  static KnownIntegers vector(long... values) {
    return vector(Arrays.stream(values).mapToObj(DimExpression::of).toList());
  }

  /// The elements of a constant, when it is a small integer or BOOL tensor.
  static Optional<KnownIntegers> of(Tensor tensor) {
    boolean integers = tensor.dataType().isInteger() || tensor.dataType() == DataType.BOOL;
    if (!integers
        || tensor.elementCount() > MAX_ELEMENTS
        || !(tensor instanceof DenseTensor dense)) {
      return Optional.empty();
    }
    List<@Nullable DimExpression> elements = new ArrayList<>();
    for (long i = 0; i < dense.elementCount(); i++) {
      elements.add(DimExpression.of(dense.longAt(i)));
    }
    return Optional.of(new KnownIntegers(elements, tensor.shape()));
  }

  int rank() {
    return shape.rank();
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
    if (numbers.isEmpty() || !(type instanceof ValueType.OfTensor(DataType dataType, var _))) {
      return Optional.empty();
    }
    long[] dims = shape.sizes();
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

  /// The same elements in another shape of as many.
  KnownIntegers as(Shape other) {
    return new KnownIntegers(elements, other);
  }

  KnownIntegers map(UnaryOperator<@Nullable DimExpression> f) {
    List<@Nullable DimExpression> mapped = new ArrayList<>();
    elements.forEach(element -> mapped.add(element == null ? null : f.apply(element)));
    return new KnownIntegers(mapped, shape);
  }

  /// Element by element, broadcasting; empty when the shapes do not go together or the result is
  /// too large.
  Optional<KnownIntegers> combine(KnownIntegers other, BinaryOperator<@Nullable DimExpression> f) {
    Shape common = DimArithmetic.broadcast(shape, other.shape);
    Optional<KnownIntegers> left = expand(common);
    Optional<KnownIntegers> right = other.expand(common);
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    List<@Nullable DimExpression> combined = new ArrayList<>();
    for (int i = 0; i < left.get().size(); i++) {
      DimExpression a = left.get().elements.get(i);
      DimExpression b = right.get().elements.get(i);
      combined.add(a == null || b == null ? null : f.apply(a, b));
    }
    return Optional.of(new KnownIntegers(combined, common));
  }

  /// Repeated to a shape this one broadcasts to; empty when that is too large.
  Optional<KnownIntegers> expand(Shape target) {
    if (target.equals(shape)) {
      return Optional.of(this);
    }
    return pick(
        target,
        index -> {
          int[] own = new int[rank()];
          for (int axis = 0; axis < own.length; axis++) {
            boolean repeated = shape.dim(axis).equals(Dim.of(1));
            own[axis] = repeated ? 0 : index[axis + index.length - own.length];
          }
          return position(own);
        });
  }

  /// A tensor whose element at each index is this one's at the position `source` names.
  Optional<KnownIntegers> pick(Shape target, ToIntFunction<int[]> source) {
    OptionalLong count = target.elementCount();
    if (count.isEmpty() || count.getAsLong() > MAX_ELEMENTS) {
      return Optional.empty();
    }
    long[] sizes = target.sizes();
    int[] index = new int[sizes.length];
    List<@Nullable DimExpression> picked = new ArrayList<>();
    for (long i = 0; i < count.getAsLong(); i++) {
      picked.add(elements.get(source.applyAsInt(index)));
      for (int axis = sizes.length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return Optional.of(new KnownIntegers(picked, target));
  }

  /// Where the element at `index` is in [#elements].
  int position(int[] index) {
    long[] sizes = shape.sizes();
    int position = 0;
    for (int axis = 0; axis < index.length; axis++) {
      position = Math.toIntExact(position * sizes[axis] + index[axis]);
    }
    return position;
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
