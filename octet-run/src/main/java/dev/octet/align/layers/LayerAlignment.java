package dev.octet.align.layers;

import dev.octet.align.Tolerance;
import java.util.List;
import java.util.Optional;

/// How far two models agree inside.
///
/// @param tolerance when numbers count as equal
/// @param layers one row for each pair of values, in the order the reference computes them
/// @param unlike pairs that were given up, since their shapes are not the same
/// @param referenceAlone values the reference computes that have no counterpart
/// @param otherAlone values the other model computes that have none
/// @param unseen bodies of the other model, whose values were not compared
/// @param how what told which values denote the same, in a few words
public record LayerAlignment(
    Tolerance tolerance,
    List<LayerAgreement> layers,
    List<ValuePair> unlike,
    int referenceAlone,
    int otherAlone,
    List<UnseenBody> unseen,
    String how) {
  public LayerAlignment {
    layers = List.copyOf(layers);
    unlike = List.copyOf(unlike);
    unseen = List.copyOf(unseen);
  }

  /// Whether every number of every pair is within the tolerance.
  public boolean pass() {
    return layers.stream().allMatch(LayerAgreement::pass);
  }

  /// The first pair, in the order the reference computes them, with a number outside the tolerance.
  public Optional<LayerAgreement> firstDeparture() {
    return layers.stream().filter(layer -> !layer.pass()).findFirst();
  }
}
