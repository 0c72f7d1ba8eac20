package dev.octet.stats;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Everything a [Collector] knows, as plain data: to be kept in a file, and to go on from.
///
/// A collector made of a state behaves, bit for bit, as the one the state was taken from.
public sealed interface CollectorState {

  /// What every kind of collector knows.
  Extremes extremes();

  /// A collector that goes on from here.
  ///
  /// @throws IllegalArgumentException when the parts of the state contradict each other
  Collector restored();

  /// @param count finite values seen
  /// @param nonFinite other values seen
  /// @param firstNonFinite smallest index of a sample with such a value
  /// @param seen the smallest and the largest finite value; empty when `count` is 0
  record Extremes(long count, long nonFinite, OptionalLong firstNonFinite, Optional<Seen> seen) {
    public Extremes {
      if (count < 0
          || nonFinite < 0
          || nonFinite > 0 != firstNonFinite.isPresent()
          || count > 0 != seen.isPresent()) {
        throw new IllegalArgumentException(
            count + " values and " + nonFinite + " that are not finite do not fit what was seen");
      }
    }
  }

  /// @param range extremes of the finite values
  /// @param minSample the first sample that holds the smallest
  /// @param maxSample the first sample that holds the largest
  record Seen(Range range, long minSample, long maxSample) {
    public Seen {
      if (minSample < 0 || maxSample < 0) {
        throw new IllegalArgumentException("samples are counted from 0");
      }
    }
  }

  /// State of a [MinMaxCollector].
  record MinMax(Extremes extremes) implements CollectorState {
    @Override
    public Collector restored() {
      return MinMaxCollector.of(this);
    }
  }

  /// State of a [HistogramCollector].
  ///
  /// @param histogram of no more values than the extremes count; fewer where the collector counted
  ///     a part of them ([HistogramCollector#countAtMost])
  record Counted(Extremes extremes, Histogram histogram) implements CollectorState {
    @Override
    public Collector restored() {
      return HistogramCollector.of(this);
    }
  }

  /// State of a [MovingAverageCollector].
  ///
  /// @param constant weight of a new sample
  /// @param settled the average of the samples up to some index; empty when none was averaged yet
  /// @param pending extremes of the samples not averaged yet, in order
  record Averaged(
      Extremes extremes, double constant, Optional<Settled> settled, List<Sampled> pending)
      implements CollectorState {
    public Averaged {
      pending = List.copyOf(pending);
    }

    @Override
    public Collector restored() {
      return MovingAverageCollector.of(this);
    }
  }

  /// @param before samples of a smaller index are in the average
  /// @param min average of the smallest values
  /// @param max average of the largest values
  record Settled(long before, double min, double max) {
    public Settled {
      if (before < 1 || !Double.isFinite(min) || !Double.isFinite(max) || min > max) {
        throw new IllegalArgumentException("no average of samples: " + min + " to " + max);
      }
    }
  }

  /// @param sample index of a sample
  /// @param range its extremes
  record Sampled(long sample, Range range) {
    public Sampled {
      if (sample < 0) {
        throw new IllegalArgumentException("samples are counted from 0, not " + sample);
      }
    }
  }
}
