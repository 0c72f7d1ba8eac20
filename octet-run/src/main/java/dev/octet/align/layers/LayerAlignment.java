package dev.octet.align.layers;

import dev.octet.align.Tolerance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How far two models agree inside.
///
/// @param tolerance when numbers count as equal
/// @param layers one row for each pair of values, in the order the reference computes them
/// @param unlike pairs that were given up, since their shapes are not the same
/// @param referenceAlone values the reference computes that have no counterpart
/// @param otherAlone values the other model computes that have none
/// @param unseen branches and bodies whose values could not be compared
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

  /// The first pair, in the order the reference computes them, with a number outside the tolerance;
  /// in a loop, the first in time.
  public Optional<LayerAgreement> firstDeparture() {
    return layers.stream()
        .filter(layer -> !layer.pass())
        .reduce((first, next) -> isEarlier(next, first) ? next : first);
  }

  /// Rounds that went by in all loops around both values tell, if anything.
  ///
  /// @param first comes first in the order of the graph
  private static boolean isEarlier(LayerAgreement next, LayerAgreement first) {
    List<Long> ours = moment(next);
    List<Long> theirs = moment(first);
    int common = Math.min(Math.min(ours.size(), theirs.size()), commonRounds(next, first));
    for (int i = 0; i < common; i++) {
      int order = Long.compare(ours.get(i), theirs.get(i));
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  /// Sample and rounds that are told by the same clock: up to the first node that differs.
  private static int commonRounds(LayerAgreement one, LayerAgreement two) {
    List<Place.Body> ours = one.pair().reference().bodies();
    List<Place.Body> theirs = two.pair().reference().bodies();
    int depth = 0;
    while (depth < Math.min(ours.size(), theirs.size())
        && ours.get(depth).node().equals(theirs.get(depth).node())) {
      depth++;
      if (!ours.get(depth - 1).equals(theirs.get(depth - 1))) {
        break;
      }
    }
    return depth == 0 ? 0 : depth + 1;
  }

  private static List<Long> moment(LayerAgreement layer) {
    return layer
        .times()
        .flatMap(Times::departure)
        .map(
            departure ->
                Stream.concat(Stream.of((long) departure.sample()), departure.rounds().stream())
                    .toList())
        .orElse(List.of());
  }
}
