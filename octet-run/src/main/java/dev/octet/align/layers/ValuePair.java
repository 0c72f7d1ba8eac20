package dev.octet.align.layers;

import dev.octet.numeric.QuantParams;
import java.util.Optional;

/// A value of the reference and the value of the other model that denotes the same.
///
/// @param reference where the reference computes it
/// @param other where the other model does
/// @param referenceGrid grid of the reference's codes; empty where it holds real numbers
/// @param otherGrid grid on which the other's value stands, as codes or read back from them; empty
///     where it is not quantized
/// @param beforeRounding name of the reference's value that was rounded to this one; empty where
///     the value itself is what gets rounded
public record ValuePair(
    Place reference,
    Place other,
    Optional<QuantParams> referenceGrid,
    Optional<QuantParams> otherGrid,
    Optional<String> beforeRounding) {

  /// Two values that hold real numbers.
  public static ValuePair of(Place reference, Place other) {
    return new ValuePair(reference, other, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// This pair, where the other's value stands on a grid.
  public ValuePair onGrid(Optional<QuantParams> grid) {
    return new ValuePair(reference, other, referenceGrid, grid, beforeRounding);
  }

  /// This pair, where the reference's value is made by rounding another.
  ///
  /// @param grid of the reference's codes; empty where it reads them back
  public ValuePair rounded(Optional<QuantParams> grid, Optional<String> before) {
    return new ValuePair(reference, other, grid, otherGrid, before);
  }
}
