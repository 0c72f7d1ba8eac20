package dev.octet.align.layers;

import java.util.List;

/// Which values of two models denote the same.
///
/// @param pairs in the order the reference computes them; no value of the reference twice
/// @param referenceAlone values the reference computes that have no counterpart
/// @param otherAlone values the other model computes that have none
/// @param how what told that they denote the same, in a few words
public record ValuePairs(List<ValuePair> pairs, int referenceAlone, int otherAlone, String how) {
  public ValuePairs {
    pairs = List.copyOf(pairs);
  }

  /// The same pairs with the models' parts changed. They are compared as real numbers.
  public ValuePairs swapped() {
    return new ValuePairs(
        pairs.stream().map(pair -> ValuePair.of(pair.other(), pair.reference())).toList(),
        otherAlone,
        referenceAlone,
        how);
  }
}
