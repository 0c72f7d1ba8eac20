package dev.octet.data;

import dev.octet.ir.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A rewindable stream of samples, in an order that never changes. The samples are made as they are
/// asked for and not kept, so a source may be larger than memory.
public interface SampleSource {

  /// Names of the classes, by label; empty when the samples are unlabelled or their classes have no
  /// names.
  List<String> labels();

  /// What was taken for granted about the samples, a sentence each.
  default List<String> notes() {
    return List.of();
  }

  /// Number of samples; at least 1.
  long size();

  /// All samples from the first on; each call starts over. To be closed, as it may hold files open.
  ///
  /// @throws dev.octet.diagnostic.OctetException here or while streaming, when a sample cannot be
  ///     read; the sample and what was expected are named
  Stream<Sample> samples();

  /// The samples from position `first` on, as [#samples()]. A source that can do so skips those
  /// before unread.
  default Stream<Sample> samplesFrom(long first) {
    return samples().skip(first);
  }

  /// The samples at some positions, in order, as [#samples()]. A source that can do so leaves the
  /// others unread.
  default Stream<Sample> samplesAt(BitSet positions) {
    int first = Math.max(0, positions.nextSetBit(0));
    AtomicInteger position = new AtomicInteger(first);
    return samplesFrom(first)
        .sequential()
        .filter(sample -> positions.get(position.getAndIncrement()))
        .limit(positions.cardinality());
  }

  /// The class of each sample, by position; -1 for one without. A source that does not know them
  /// otherwise reads through its samples.
  default int[] classes() {
    try (Stream<Sample> samples = samples()) {
      return samples.mapToInt(sample -> sample.label().orElse(-1)).toArray();
    }
  }

  /// A seeded choice of at most `count` of these samples, as evenly over the classes as their sizes
  /// allow (evenly at random when unlabelled), in this source's order. The same seed chooses the
  /// same samples.
  default SampleSource balancedSample(int count, long seed) {
    return new ChosenSamples(this, BalancedChoice.choose(classes(), count, seed));
  }

  /// Samples already in memory.
  ///
  /// @param labels class names, or empty
  /// @param samples at least one
  static SampleSource of(List<String> labels, List<Sample> samples) {
    return new ListedSamples(List.copyOf(labels), List.copyOf(samples));
  }

  /// Samples a caller makes: named tensors, one map a run, leading batch dimension included.
  ///
  /// @param samples begins anew, with the same samples, each time it is iterated; gone through once
  ///     here to count them, unless it is a collection
  static SampleSource of(Iterable<Map<String, Tensor>> samples) {
    return IterableSamples.of(samples);
  }
}
