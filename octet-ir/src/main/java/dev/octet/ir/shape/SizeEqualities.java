package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Sizes of different names that operators force to be equal, such as the lengths of two tensors
/// joined along another axis. One of the names then stands for both; a number beats a name, and a
/// graph input's name beats one that appears later.
final class SizeEqualities {
  private final Map<String, DimExpression> meaning = new LinkedHashMap<>();
  private final Set<String> preferred = new HashSet<>();

  /// Names that are kept if one of two has to go.
  void prefer(Dim dim) {
    if (dim instanceof Dim.Symbol(String name)) {
      preferred.add(name);
    }
  }

  boolean isEmpty() {
    return meaning.isEmpty();
  }

  int size() {
    return meaning.size();
  }

  /// Notes that two sizes are one. Expressions that are not plain names are left alone: solving
  /// equations is not worth its cost.
  void equal(Dim left, Dim right) {
    if (left.equals(right)) {
      return;
    }
    Optional<DimExpression> a = DimExpression.of(apply(left));
    Optional<DimExpression> b = DimExpression.of(apply(right));
    if (a.isEmpty() || b.isEmpty() || a.equals(b)) {
      return;
    }
    Optional<String> one = a.get().name();
    Optional<String> other = b.get().name();
    if (one.isPresent() && other.isPresent()) {
      boolean first = weight(one.get()) < weight(other.get());
      replace(first ? one.get() : other.get(), first ? b.get() : a.get());
    } else if (one.isPresent() && b.get().value().isPresent()) {
      replace(one.get(), b.get());
    } else if (other.isPresent() && a.get().value().isPresent()) {
      replace(other.get(), a.get());
    }
  }

  /// Takes two sizes for one though nothing forces them to be. One of them must be a plain name
  /// that
  /// the other is not made of.
  ///
  /// @return whether they are one now
  boolean assume(Dim left, Dim right) {
    equal(left, right);
    Optional<DimExpression> a = DimExpression.of(apply(left));
    Optional<DimExpression> b = DimExpression.of(apply(right));
    if (a.isEmpty() || b.isEmpty() || a.equals(b)) {
      return a.isPresent() && b.isPresent();
    }
    return replaceBy(a.get(), b.get()) || replaceBy(b.get(), a.get());
  }

  private boolean replaceBy(DimExpression named, DimExpression by) {
    Optional<String> name = named.name().filter(each -> !by.mentions(each));
    name.ifPresent(each -> replace(each, by));
    return name.isPresent();
  }

  Dim apply(Dim dim) {
    if (meaning.isEmpty() || !(dim instanceof Dim.Symbol)) {
      return dim;
    }
    return DimExpression.of(dim).map(size -> size.substitute(meaning).toDim()).orElse(dim);
  }

  ValueType apply(ValueType type) {
    if (meaning.isEmpty()
        || !(type instanceof ValueType.OfTensor(var dataType, Shape shape))
        || shape == null
        || shape.isStatic()) {
      return type;
    }
    return ValueType.tensor(dataType, Shape.of(shape.dims().stream().map(this::apply).toList()));
  }

  private void replace(String name, DimExpression by) {
    meaning.replaceAll((_, old) -> old.substitute(Map.of(name, by)));
    meaning.put(name, by);
  }

  private int weight(String name) {
    return name.startsWith(FreshDims.PREFIX) ? 0 : preferred.contains(name) ? 2 : 1;
  }
}
