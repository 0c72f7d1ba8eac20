package dev.octet.ir.shape;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a model states about its values, next to what its operators say. What is stated stays; what
/// contradicts it is noted.
final class StatedFacts {
  private final SizeEqualities equalities;
  private final Set<Diagnostic> contradictions = new LinkedHashSet<>();

  StatedFacts(SizeEqualities equalities) {
    this.equalities = equalities;
  }

  List<Diagnostic> contradictions() {
    return List.copyOf(contradictions);
  }

  void forget() {
    contradictions.clear();
  }

  void add(Diagnostic contradiction) {
    contradictions.add(contradiction);
  }

  Optional<ValueType> of(Value value) {
    return value.type().map(equalities::apply);
  }

  /// What `value` is stated to hold, completed by what was inferred.
  ///
  /// @param who names the source of `inferred` in a contradiction
  ValueType merge(Value value, ValueType inferred, String who) {
    ValueType found = equalities.apply(inferred);
    Optional<ValueType> stated = of(value);
    return stated.isEmpty() ? found : merge(value.name(), stated.get(), found, who);
  }

  /// What a subgraph's input holds: what it is stated to hold, but with the caller's symbols, which
  /// say more than those a subgraph makes up for itself.
  ValueType handedIn(Value input, ValueType type, Graph subgraph) {
    ValueType merged = merge(input, type, "the caller of subgraph '" + subgraph.name() + "'");
    if (!(merged instanceof ValueType.OfTensor(DataType dataType, Shape stated))
        || !(type instanceof ValueType.OfTensor(DataType _, Shape given))
        || stated == null
        || given == null
        || stated.rank() != given.rank()) {
      return merged;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < stated.rank(); i++) {
      boolean outer = stated.dim(i) instanceof Dim.Symbol && given.dim(i) instanceof Dim.Symbol;
      dims.add(outer ? given.dim(i) : stated.dim(i));
    }
    return ValueType.tensor(dataType, Shape.of(dims));
  }

  private ValueType merge(String name, ValueType stated, ValueType inferred, String who) {
    if (stated instanceof ValueType.OfTensor(DataType dataType, Shape shape)
        && inferred instanceof ValueType.OfTensor(DataType foundType, Shape foundShape)) {
      if (dataType != foundType) {
        contradict(name, who, dataType.name(), foundType.name());
        return stated;
      }
      if (shape == null || foundShape == null) {
        return shape == null ? inferred : stated;
      }
      Optional<Shape> merged = DimArithmetic.unify(shape, foundShape);
      if (merged.isEmpty() || clash(shape, foundShape)) {
        contradict(name, who, shape.toString(), foundShape.toString());
        return stated;
      }
      return ValueType.tensor(dataType, merged.get());
    }
    if (stated instanceof ValueType.OfSequence(ValueType element)
        && inferred instanceof ValueType.OfSequence(ValueType found)) {
      return element == null || found == null
          ? element == null ? inferred : stated
          : new ValueType.OfSequence(merge(name, element, found, who));
    }
    if (stated instanceof ValueType.OfOptional(ValueType element)
        && inferred instanceof ValueType.OfOptional(ValueType found)) {
      return element == null || found == null
          ? element == null ? inferred : stated
          : new ValueType.OfOptional(merge(name, element, found, who));
    }
    if (stated.getClass() != inferred.getClass()) {
      contradict(name, who, stated.toString(), inferred.toString());
    }
    return stated;
  }

  private static boolean clash(Shape stated, Shape found) {
    for (int i = 0; i < stated.rank(); i++) {
      if (stated.dim(i) instanceof Dim.Known(long a)
          && found.dim(i) instanceof Dim.Known(long b)
          && a != b) {
        return true;
      }
    }
    return false;
  }

  private void contradict(String name, String who, String stated, String found) {
    contradictions.add(
        new Diagnostic(
            "shape-contradiction",
            name,
            "stated to be " + stated + ", but " + who + " makes it " + found,
            "the stated type was kept"));
  }
}
