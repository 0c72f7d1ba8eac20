package dev.octet.align.layers;

import dev.octet.align.TensorAlignment;
import dev.octet.numeric.GridSteps;
import dev.octet.numeric.UlpDistance;
import java.util.Optional;

/// How far one pair of values agrees, over all samples.
///
/// @param pair what is compared
/// @param numbers as real numbers. `atol` is multiplied with the root mean square of the
/// reference's
///     value where that is above 1, and one step wider where the other's value stands on a grid
/// @param ulps representable numbers between the two, where they are not both near zero: below
/// `atol`
///     or 2^-10 of the largest magnitude of the run; empty unless both are floats of one type and
///     not on a grid
/// @param steps steps of the other's grid between the two; empty without a grid
/// @param times how often both were computed; empty for values of the main graph, which are
/// computed
/// once
public record LayerAgreement(
    ValuePair pair,
    TensorAlignment numbers,
    Optional<UlpDistance> ulps,
    Optional<GridSteps> steps,
    Optional<Times> times) {

  /// Whether all numbers are within the tolerance, and as many rounds were run.
  public boolean pass() {
    return numbers.mismatched() == 0 && times.map(Times::areEqual).orElse(true);
  }
}
