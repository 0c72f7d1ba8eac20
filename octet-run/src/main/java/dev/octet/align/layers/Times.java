package dev.octet.align.layers;

import java.util.List;
import java.util.Optional;

/// How often a value of a branch or body was computed, over all samples.
///
/// @param compared as often were the two compared
/// @param reference as often the reference computed it
/// @param other as often the other model did
/// @param departure where the two depart first; empty where they do not
public record Times(long compared, long reference, long other, Optional<Departure> departure) {

  /// @param sample counted from 0
  /// @param rounds of the bodies around the value, outermost first, each counted from 0; 0 for a
  ///     branch
  public record Departure(int sample, List<Long> rounds) {
    public Departure {
      rounds = List.copyOf(rounds);
    }
  }

  /// Whether both computed it as often.
  public boolean areEqual() {
    return reference == other;
  }

  /// Whether some rounds were left out, because the values of all of them would take too much
  /// memory.
  public boolean areCut() {
    return compared < Math.min(reference, other);
  }
}
