package dev.octet.data;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A choice among another source's samples, for sources that cannot skip samples unread.
record BalancedSample(SampleSource all, BitSet chosen) implements SampleSource {

  /// Reads through `all` once for the labels.
  static SampleSource of(SampleSource all, int count, long seed) {
    int[] labels;
    try (Stream<Sample> samples = all.samples()) {
      labels = samples.mapToInt(sample -> sample.label().orElse(-1)).toArray();
    }
    return new BalancedSample(all, BalancedChoice.choose(labels, count, seed));
  }

  @Override
  public List<String> labels() {
    return all.labels();
  }

  @Override
  public long size() {
    return chosen.cardinality();
  }

  @Override
  public Stream<Sample> samples() {
    return samplesFrom(0);
  }

  @Override
  public Stream<Sample> samplesFrom(long first) {
    int start = chosen.stream().skip(first).findFirst().orElse(chosen.length());
    AtomicInteger position = new AtomicInteger(start);
    return all.samplesFrom(start)
        .sequential()
        .filter(sample -> chosen.get(position.getAndIncrement()))
        .limit(Math.max(0, size() - first));
  }
}
