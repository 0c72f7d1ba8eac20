package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// Arithmetic on dimensions in which whatever is made of the unknown is unknown.
final class DimArithmetic {
  private DimArithmetic() {}

  static Dim plus(Dim left, Dim right) {
    return combine(left, right, DimExpression::plus);
  }

  static Dim times(Dim left, Dim right) {
    return combine(left, right, DimExpression::times);
  }

  static Dim map(Dim dim, UnaryOperator<DimExpression> f) {
    return DimExpression.of(dim).map(f).map(DimExpression::toDim).orElseGet(Dim::unknown);
  }

  static Dim combine(Dim left, Dim right, BinaryOperator<DimExpression> f) {
    Optional<DimExpression> a = DimExpression.of(left);
    Optional<DimExpression> b = DimExpression.of(right);
    return a.isPresent() && b.isPresent() ? f.apply(a.get(), b.get()).toDim() : Dim.unknown();
  }

  /// The product of `dims`; empty when one of them is unknown. No dimensions make 1.
  static Optional<DimExpression> product(List<Dim> dims) {
    DimExpression product = DimExpression.of(1);
    for (Dim dim : dims) {
      Optional<DimExpression> factor = DimExpression.of(dim);
      if (factor.isEmpty()) {
        return Optional.empty();
      }
      product = product.times(factor.get());
    }
    return Optional.of(product);
  }

  static Dim productDim(List<Dim> dims) {
    return product(dims).map(DimExpression::toDim).orElseGet(Dim::unknown);
  }

  /// Whether two dimensions are provably the same size.
  static boolean same(Dim left, Dim right) {
    if (left.equals(right)) {
      return !(left instanceof Dim.Unknown);
    }
    if (left instanceof Dim.Known && right instanceof Dim.Known) {
      return false;
    }
    Optional<DimExpression> a = DimExpression.of(left);
    return a.isPresent() && a.equals(DimExpression.of(right));
  }

  /// The shape two shapes broadcast to (NumPy's rule).
  ///
  /// @throws ImpossibleShape when two known dimensions do not go together
  static Shape broadcast(Shape left, Shape right) {
    int rank = Math.max(left.rank(), right.rank());
    List<Dim> dims = new ArrayList<>(rank);
    for (int i = 0; i < rank; i++) {
      int l = i - (rank - left.rank());
      int r = i - (rank - right.rank());
      dims.add(l < 0 ? right.dim(r) : r < 0 ? left.dim(l) : broadcast(left.dim(l), right.dim(r)));
    }
    return Shape.of(dims);
  }

  private static Dim broadcast(Dim left, Dim right) {
    if (left instanceof Dim.Known(long a) && right instanceof Dim.Known(long b)) {
      if (a != b && a != 1 && b != 1) {
        throw new ImpossibleShape("dimensions " + a + " and " + b + " do not broadcast");
      }
      return a == 1 ? right : left;
    }
    if (left instanceof Dim.Known(long a)) {
      // The other must be 1 or equal: a known size above 1 settles it.
      return a == 1 ? right : left;
    }
    if (right instanceof Dim.Known(long b)) {
      return b == 1 ? left : right;
    }
    return same(left, right) ? left : Dim.unknown();
  }

  /// What two shapes, known to be of the same tensor, say together; the left one wins where they
  /// disagree. Empty when the ranks differ.
  static Optional<Shape> unify(Shape left, Shape right) {
    if (left.rank() != right.rank()) {
      return Optional.empty();
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < left.rank(); i++) {
      dims.add(unify(left.dim(i), right.dim(i)));
    }
    return Optional.of(Shape.of(dims));
  }

  /// What two dimensions, known to be the same size, say together; the left one wins where they
  /// disagree.
  static Dim unify(Dim left, Dim right) {
    return switch (left) {
      case Dim.Known known -> known;
      case Dim.Symbol symbol -> right instanceof Dim.Known ? right : symbol;
      case Dim.Unknown() -> right;
    };
  }

  /// What holds whichever of two shapes a tensor has; empty when the ranks differ.
  static Optional<Shape> join(Shape left, Shape right) {
    if (left.rank() != right.rank()) {
      return Optional.empty();
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < left.rank(); i++) {
      dims.add(same(left.dim(i), right.dim(i)) ? left.dim(i) : Dim.unknown());
    }
    return Optional.of(Shape.of(dims));
  }

  static OptionalLong known(Dim dim) {
    return dim instanceof Dim.Known(long size) ? OptionalLong.of(size) : OptionalLong.empty();
  }
}
