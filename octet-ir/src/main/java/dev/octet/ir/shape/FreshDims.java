package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Symbols for sizes that nothing in the model tells. One size gets one symbol, and the same one
/// whenever the model is inferred: `unk.`, the value's name, the axis.
final class FreshDims {
  static final String PREFIX = "unk.";

  private final IdentityHashMap<Value, Map<Integer, Dim>> dims = new IdentityHashMap<>();
  private final Map<String, Integer> names = new HashMap<>();

  /// Whether a dimension is, or is made of, a symbol made up here.
  static boolean isIn(Dim dim) {
    return dim instanceof Dim.Symbol(String name) && name.contains(PREFIX);
  }

  Dim of(Value value, int axis) {
    return dims.computeIfAbsent(value, _ -> new HashMap<>())
        .computeIfAbsent(axis, _ -> Dim.of(name(value, axis)));
  }

  /// `type` with a symbol for each of its unknown dimensions.
  ValueType complete(Value value, ValueType type) {
    if (!(type instanceof ValueType.OfTensor(var dataType, Shape shape))
        || shape == null
        || shape.dims().stream().noneMatch(Dim.Unknown.class::isInstance)) {
      return type;
    }
    List<Dim> completed = new ArrayList<>(shape.dims());
    for (int axis = 0; axis < completed.size(); axis++) {
      if (completed.get(axis) instanceof Dim.Unknown) {
        completed.set(axis, of(value, axis));
      }
    }
    return ValueType.tensor(dataType, Shape.of(completed));
  }

  private String name(Value value, int axis) {
    String name = PREFIX + value.name().replaceAll("[^A-Za-z0-9_.]", "_") + "." + axis;
    int copies = names.merge(name, 1, Integer::sum);
    return copies == 1 ? name : name + "." + copies;
  }
}
