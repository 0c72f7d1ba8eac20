package dev.octet.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Samples in two parts: one to learn from, one to judge by that learning never sees.
///
/// @param used the larger part
/// @param held the part held back
public record HeldBack(SampleSource used, SampleSource held) {

  /// Splits a source at random. The same seed gives the same parts; no sample is read.
  ///
  /// @param all at least two samples
  /// @param share of the samples to hold back, above 0 and below 1; at least one is, and one is not
  public static HeldBack of(SampleSource all, double share, long seed) {
    int size = Math.toIntExact(all.size());
    if (size < 2 || !(share > 0 && share < 1)) {
      throw new IllegalArgumentException("cannot hold back " + share + " of " + size + " samples");
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    BitSet held = new BitSet(size);
    int count = Math.clamp(Math.round(share * size), 1, size - 1);
    order.subList(0, count).forEach(held::set);
    BitSet used = (BitSet) held.clone();
    used.flip(0, size);
    return new HeldBack(new ChosenSamples(all, used), new ChosenSamples(all, held));
  }
}
