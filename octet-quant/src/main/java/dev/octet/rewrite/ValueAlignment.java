package dev.octet.rewrite;

import java.util.List;
import java.util.Optional;

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
    DEQUANTIZED_CONSTANT
  }

  /// A float value and its stand-in.
  ///
  /// @param floatValue name in the float model
  /// @param quantizedValue name in the quantized model; both hold real numbers of the same shape
  /// @param kind what the stand-in is
  public record Pair(String floatValue, String quantizedValue, Kind kind) {}

  /// The stand-in of a float value; empty for values that the quantized model never computes, such
  /// as the input of an absorbed rectifier.
  public Optional<Pair> of(String floatValue) {
    return pairs.stream().filter(pair -> pair.floatValue().equals(floatValue)).findFirst();
  }
}
