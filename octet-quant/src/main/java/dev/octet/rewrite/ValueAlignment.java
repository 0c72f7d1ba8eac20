package dev.octet.rewrite;

import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.rewrite.dynamic.DynamicRendering;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which value of a quantized model stands for which value of the float model it was made from.
///
/// @param pairs in the float model's order; no float value twice
public record ValueAlignment(List<Pair> pairs) {
  public ValueAlignment {
    pairs = List.copyOf(pairs);
  }

  /// What kind of stand-in a value has.
  public enum Kind {
    /// Computed in float as before (from inputs that may be dequantized).
    FLOAT,
    /// An activation read back from codes.
    DEQUANTIZED,
    /// A constant read back from codes.
    DEQUANTIZED_CONSTANT,
    /// The codes themselves, which nothing reads back: an activation between integer operators.
    CODES,
    /// The codes of a constant that integer operators read.
    CONSTANT_CODES;

    private Kind ofCodes() {
      return this == DEQUANTIZED_CONSTANT ? CONSTANT_CODES : CODES;
    }
  }

  /// A float value and its stand-in.
  ///
  /// @param floatValue name in the float model
  /// @param quantizedValue name in the quantized model, of the same shape; it holds real numbers
  ///     unless the kind says codes
  /// @param kind what the stand-in is
  public record Pair(String floatValue, String quantizedValue, Kind kind) {}

  /// What a dynamic rendering says of the values of the main graph: products come out in float
  /// under the names they had.
  static ValueAlignment of(Model floats, Model quantized, DynamicRendering.Rendered rendered) {
    Set<String> present =
        quantized.graph().values().stream().map(Value::name).collect(Collectors.toSet());
    List<Pair> pairs = new ArrayList<>();
    for (Value value : floats.graph().values()) {
      String name = value.name();
      Value constant = rendered.constants().get(name);
      Value moved = rendered.moved().get(name);
      if (constant != null) {
        pairs.add(new Pair(name, constant.name(), Kind.CONSTANT_CODES));
      } else if (moved != null) {
        pairs.add(new Pair(name, moved.name(), Kind.CODES));
      } else if (present.contains(name)) {
        boolean readBack = rendered.dequantized().containsKey(name);
        pairs.add(new Pair(name, name, readBack ? Kind.DEQUANTIZED : Kind.FLOAT));
      }
    }
    return new ValueAlignment(pairs);
  }

  /// With codes for those dequantized values that are gone.
  ///
  /// @param gone by name, the codes that stand for a dequantized value
  ValueAlignment inCodes(Map<String, Value> gone) {
    return new ValueAlignment(
        pairs.stream()
            .map(
                pair -> {
                  Value codes = gone.get(pair.quantizedValue());
                  return codes == null
                      ? pair
                      : new Pair(pair.floatValue(), codes.name(), pair.kind().ofCodes());
                })
            .toList());
  }

  /// The stand-in of a float value; empty for values that the quantized model never computes, such
  /// as the input of an absorbed rectifier.
  public Optional<Pair> of(String floatValue) {
    return pairs.stream().filter(pair -> pair.floatValue().equals(floatValue)).findFirst();
  }
}
