package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What holds whichever of two types a value has: of two branches, of two rounds of a loop, of two
/// elements of a sequence.
final class TypeJoin {
  private TypeJoin() {}

  /// `null` when the types have nothing in common.
  static @Nullable ValueType join(@Nullable ValueType left, @Nullable ValueType right) {
    if (left == null || right == null || left.equals(right)) {
      return left == null || right == null ? null : left;
    }
    if (left instanceof ValueType.OfTensor(DataType type, Shape a)
        && right instanceof ValueType.OfTensor(DataType other, Shape b)) {
      boolean ranked = a != null && b != null;
      return type == other
          ? ValueType.tensor(type, ranked ? DimArithmetic.join(a, b).orElse(null) : null)
          : null;
    }
    if (left instanceof ValueType.OfSequence(ValueType a)
        && right instanceof ValueType.OfSequence(ValueType b)) {
      return new ValueType.OfSequence(join(a, b));
    }
    if (left instanceof ValueType.OfOptional(ValueType a)
        && right instanceof ValueType.OfOptional(ValueType b)) {
      return new ValueType.OfOptional(join(a, b));
    }
    // An optional and what it would hold: a branch may return either.
    if (left instanceof ValueType.OfOptional(ValueType a)) {
      return new ValueType.OfOptional(join(a, right));
    }
    if (right instanceof ValueType.OfOptional(ValueType b)) {
      return new ValueType.OfOptional(join(left, b));
    }
    return null;
  }

  /// `known`, completed by `hint` where it says nothing; empty when the two disagree.
  static Optional<ValueType> complete(ValueType known, ValueType hint) {
    if (!(known instanceof ValueType.OfTensor(DataType type, Shape shape))
        || !(hint instanceof ValueType.OfTensor(DataType other, Shape seen))
        || type != other) {
      return Optional.empty();
    }
    if (shape == null || seen == null) {
      return Optional.of(shape == null ? hint : known);
    }
    return shape.rank() == seen.rank()
        ? Optional.of(ValueType.tensor(type, fill(shape, seen)))
        : Optional.empty();
  }

  /// Hints fill unknown dimensions only: a symbol that happens to have one size stays a symbol.
  private static Shape fill(Shape shape, Shape seen) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    for (int axis = 0; axis < dims.size(); axis++) {
      if (dims.get(axis) instanceof Dim.Unknown) {
        dims.set(axis, seen.dim(axis));
      }
    }
    return Shape.of(dims);
  }
}
