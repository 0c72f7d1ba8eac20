package dev.octet.stats;

import dev.octet.numeric.GridRule;
import dev.octet.numeric.Symmetry;

/// Decides from statistics which range of values a grid shall cover. Every range holds 0.
///
/// [#newCollector()] gives the statistics a method needs. A [HistogramCollector] serves every
/// method but [MovingAverage], so that one pass over the data can feed several.
public sealed interface RangeEstimator {

  /// A fresh collector that observes what this method needs.
  Collector newCollector();

  /// The range to cover.
  ///
  /// @throws IllegalArgumentException when the collector does not hold what this method needs
  /// @throws IllegalStateException when no finite value was seen
  Range estimate(Collector collector);

  /// Short stable name with its settings, for tables and messages, such as `percentile(99.99)`.
  String name();

  /// All values seen.
  record MinMax() implements RangeEstimator {
    @Override
    public Collector newCollector() {
      return new MinMaxCollector();
    }

    @Override
    public Range estimate(Collector collector) {
      return collector.observed().includingZero();
    }

    @Override
    public String name() {
      return "min-max";
    }
  }

  /// Exponential moving average of each sample's smallest and largest value, in sample order.
  ///
  /// @param constant weight of a new sample, in (0, 1]; the peer's `CalibMovingAverage` constant
  record MovingAverage(double constant) implements RangeEstimator {
    @Override
    public Collector newCollector() {
      return new MovingAverageCollector(constant);
    }

    @Override
    public Range estimate(Collector collector) {
      throw new UnsupportedOperationException("not yet");
    }

    @Override
    public String name() {
      return "moving-average(" + constant + ")";
    }
  }

  /// The values between two quantiles: for [Symmetry#SYMMETRIC] `percent` percent of the absolute
  /// values, otherwise all but half of the rest on each side.
  ///
  /// @param percent in (50, 100]
  record Percentile(double percent, Symmetry symmetry) implements RangeEstimator {
    @Override
    public Collector newCollector() {
      return new HistogramCollector();
    }

    @Override
    public Range estimate(Collector collector) {
      throw new UnsupportedOperationException("not yet");
    }

    @Override
    public String name() {
      return "percentile(" + percent + ")";
    }
  }

  /// The range whose quantized distribution diverges least (Kullback–Leibler) from the observed.
  ///
  /// @param rule the grid the range will be covered with
  record Entropy(GridRule rule) implements RangeEstimator {
    @Override
    public Collector newCollector() {
      return new HistogramCollector();
    }

    @Override
    public Range estimate(Collector collector) {
      throw new UnsupportedOperationException("not yet");
    }

    @Override
    public String name() {
      return "entropy";
    }
  }

  /// The range with the smallest expected squared error of quantizing the observed distribution:
  /// rounding inside the range and clipping outside, weighed against each other.
  ///
  /// @param rule the grid the range will be covered with
  record ErrorOptimal(GridRule rule) implements RangeEstimator {
    @Override
    public Collector newCollector() {
      return new HistogramCollector();
    }

    @Override
    public Range estimate(Collector collector) {
      throw new UnsupportedOperationException("not yet");
    }

    @Override
    public String name() {
      return "error-optimal";
    }
  }
}
