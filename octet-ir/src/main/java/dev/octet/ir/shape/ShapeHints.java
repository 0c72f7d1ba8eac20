package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What real runs of a model say about values no rule knows enough about: a hint, not a fact of the
/// model, and reported as such. Inference takes a hint only where it knows less.
///
/// @param types by name of the value in the main graph; a dimension that may differ between runs is
///     unknown
public record ShapeHints(Map<String, ValueType> types) {
  public static final ShapeHints NONE = new ShapeHints(Map.of());

  public ShapeHints {
    types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
  }

  /// What runs of `model` agree on. Element types and ranks are taken as they were seen. A size is
  /// taken to be fixed only when at least two runs show the same one, and these runs differ in
  /// every size that the model's inputs leave open; else it may be another next time, and stays
  /// unknown.
  ///
  /// @param runs types seen, with their sizes, by name; of the inputs too
  public static ShapeHints agreed(Model model, List<Map<String, ValueType.OfTensor>> runs) {
    boolean sizes = runs.size() > 1 && varied(model, runs);
    Map<String, ValueType> agreed = new LinkedHashMap<>();
    for (Map<String, ValueType.OfTensor> run : runs) {
      for (String name : run.keySet()) {
        ValueType joined = agreed.containsKey(name) ? null : joined(name, runs);
        if (joined != null) {
          agreed.put(name, sizes ? joined : withoutSizes(joined));
        }
      }
    }
    return new ShapeHints(agreed);
  }

  private static boolean varied(Model model, List<Map<String, ValueType.OfTensor>> runs) {
    for (Value input : model.graph().inputs()) {
      Shape stated = input.shape().orElse(null);
      for (int axis = 0; stated != null && axis < stated.rank(); axis++) {
        Set<Dim> seen = new HashSet<>();
        for (Map<String, ValueType.OfTensor> run : runs) {
          ValueType.OfTensor type = run.get(input.name());
          if (type != null && type.shape() != null && type.shape().rank() == stated.rank()) {
            seen.add(type.shape().dim(axis));
          }
        }
        if (!(stated.dim(axis) instanceof Dim.Known) && seen.size() < 2) {
          return false;
        }
      }
    }
    return true;
  }

  private static @Nullable ValueType joined(
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
      joined = TypeJoin.join(joined, type);
    }
    return joined;
  }

  private static ValueType withoutSizes(ValueType type) {
    return type instanceof ValueType.OfTensor(var dataType, Shape shape) && shape != null
        ? ValueType.tensor(
            dataType, Shape.of(Collections.<Dim>nCopies(shape.rank(), Dim.unknown())))
        : type;
  }
}
