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
  /// What a stated name of a size counts for, where a rule finds another.
  enum Names {
    /// It stays.
    KEPT,
    /// It stays on what callers see; inside, the name that is found replaces it.
    FOUND_ANEW
  }

  private final SizeEqualities equalities;
  private final Names names;
  private final Set<Diagnostic> contradictions = new LinkedHashSet<>();

  StatedFacts(SizeEqualities equalities, Names names) {
    this.equalities = equalities;
    this.names = names;
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
    if (stated.isEmpty()) {
      return found;
    }
    ValueType merged = merge(value.name(), withoutOutdated(value, stated.get()), found, who);
    // What is not found anew stays, too.
    return TypeJoin.complete(merged, stated.get()).orElse(merged);
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

  /// A stated type without those names and expressions that are to be found anew.
  private ValueType withoutOutdated(Value value, ValueType type) {
    if (names == Names.KEPT
        || !(type instanceof ValueType.OfTensor(DataType dataType, Shape shape))
        || shape == null
        || shape.isStatic()) {
      return type;
    }
    boolean seen = value.isGraphInput() || value.isGraphOutput();
    return ValueType.tensor(
        dataType,
        Shape.of(
            shape.dims().stream()
                .map(
                    dim -> dim instanceof Dim.Known || (seen && isGiven(dim)) ? dim : Dim.unknown())
                .toList()));
  }

  /// Whether a size has a name that some person or exporter gave it.
  private static boolean isGiven(Dim dim) {
    return !FreshDims.isIn(dim) && DimExpression.of(dim).flatMap(DimExpression::name).isPresent();
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
