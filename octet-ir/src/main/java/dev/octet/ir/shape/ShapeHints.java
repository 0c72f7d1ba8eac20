package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What real runs of a model say about values no rule knows enough about: a hint, not a fact of the
/// model, and reported as such. Inference takes a hint only where it knows less.
///
/// @param types by name of the value in the main graph; a dimension that may differ between runs is
///     unknown
public record ShapeHints(Map<String, ValueType> types) {
  public static final ShapeHints NONE = new ShapeHints(Map.of());

  public ShapeHints {
    types = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(types));
  }

  /// What several runs agree on. One run shows element types and ranks only, since any of its sizes
  /// may be another next time; a size is taken to be fixed when two runs or more show it, so the
  /// runs should differ in every size that may.
  ///
  /// @param runs types seen, with their sizes, by name
  public static ShapeHints agreed(List<Map<String, ValueType.OfTensor>> runs) {
    Map<String, ValueType> agreed = new LinkedHashMap<>();
    for (Map<String, ValueType.OfTensor> run : runs) {
      run.forEach((name, _) -> agreed.computeIfAbsent(name, _ -> agreed(name, runs)));
    }
    agreed.values().removeIf(java.util.Objects::isNull);
    return new ShapeHints(agreed);
  }

  private static @org.jspecify.annotations.Nullable ValueType agreed(
      String name, List<Map<String, ValueType.OfTensor>> runs) {
    List<ValueType.OfTensor> seen = new ArrayList<>();
    for (Map<String, ValueType.OfTensor> run : runs) {
      ValueType.OfTensor type = run.get(name);
      if (type != null) {
        seen.add(type);
      }
    }
    ValueType joined = seen.getFirst();
    for (ValueType.OfTensor type : seen) {
      joined = joined == null ? null : TypeJoin.join(joined, type);
    }
    return seen.size() > 1 ? joined : joined == null ? null : withoutSizes(joined);
  }

  private static ValueType withoutSizes(ValueType type) {
    return type instanceof ValueType.OfTensor(var dataType, Shape shape) && shape != null
        ? ValueType.tensor(
            dataType, Shape.of(java.util.Collections.<Dim>nCopies(shape.rank(), Dim.unknown())))
        : type;
  }
}
