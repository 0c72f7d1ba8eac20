package dev.octet.stats;

import dev.octet.numeric.GridRule;
import dev.octet.numeric.Symmetry;

/// Decides from statistics which range of values a grid shall cover. Every range holds 0.
///
/// [#newCollector()] gives the statistics a method needs. A [HistogramCollector] serves every
/// method but [MovingAverage], so that one pass over the data can feed several. No result depends
/// on how samples were batched or divided among workers: the moving average is one of samples, in
/// the order of their indices, where other tools average batches.
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
  /// @param constant weight of a new sample, in (0, 1]
  record MovingAverage(double constant) implements RangeEstimator {
    public MovingAverage {
      if (!(constant > 0 && constant <= 1)) {
        throw new IllegalArgumentException("averaging constant " + constant + " is not in (0, 1]");
      }
    }

    @Override
    public Collector newCollector() {
      return new MovingAverageCollector(constant);
    }

    @Override
    public Range estimate(Collector collector) {
      if (!(collector instanceof MovingAverageCollector averages)
          || averages.constant() != constant) {
        throw wrongCollector(this, collector);
      }
      return averages.average().includingZero();
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
    public Percentile {
      if (!(percent > 50 && percent <= 100)) {
        throw new IllegalArgumentException("percentile " + percent + " is not in (50, 100]");
      }
    }

    @Override
    public Collector newCollector() {
      return new HistogramCollector();
    }

    @Override
    public Range estimate(Collector collector) {
      Histogram histogram = histogramFor(this, collector);
      Range observed = collector.observed().includingZero();
      double kept = percent / 100;
      if (symmetry == Symmetry.SYMMETRIC) {
        float bound = (float) histogram.magnitudes().quantile(kept);
        return new Range(-bound, bound).clampedTo(observed);
      }
      double cut = (1 - kept) / 2;
      double low = Math.min(0, histogram.quantile(cut));
      double high = Math.max(0, histogram.quantile(1 - cut));
      return new Range((float) low, (float) high).clampedTo(observed);
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
      Histogram histogram = histogramFor(this, collector);
      Range observed = collector.observed().includingZero();
      float bound = (float) new EntropySearch(histogram, rule).best();
      return new Range(-bound, bound).clampedTo(observed);
    }

    @Override
    public String name() {
      return "entropy";
    }
  }

  /// The range with the smallest expected error of quantizing the observed distribution: rounding
  /// inside the range and clipping outside, weighed against each other.
  ///
  /// @param rule the grid the range will be covered with
  /// @param measure squared error, or absolute, which gives rare large values less weight and so
  ///     clips more
  record ErrorOptimal(GridRule rule, ErrorMeasure measure) implements RangeEstimator {
    @Override
    public Collector newCollector() {
      return new HistogramCollector();
    }

    @Override
    public Range estimate(Collector collector) {
      return search(collector).best(collector.observed().includingZero());
    }

    /// Mean error to expect of the values seen when a grid covers `range`; tells why a range was
    /// chosen.
    public double expectedError(Collector collector, Range range) {
      return search(collector).error(range.includingZero());
    }

    @Override
    public String name() {
      return switch (measure) {
        case SQUARED -> "error-optimal";
        case ABSOLUTE -> "absolute-error-optimal";
      };
    }

    private ErrorSearch search(Collector collector) {
      return new ErrorSearch(histogramFor(this, collector), rule, measure);
    }
  }

  /// For float8 (E4M3FN): the range in which the values' standard deviation falls onto that of the
  /// type's own finite numbers, as onnxruntime.quantization's method `Distribution` scales them.
  /// What a table keeps besides the range is the deviation itself ([Spread]), from which the scale
  /// is `std /` [#FLOAT8_STD].
  record Distribution() implements RangeEstimator {
    /// Population standard deviation of the 254 finite values of E4M3FN.
    public static final float FLOAT8_STD = 100.057724f;

    /// Largest finite value of E4M3FN.
    public static final float FLOAT8_MAX = 448f;

    @Override
    public Collector newCollector() {
      return new HistogramCollector();
    }

    /// `±448 std / 100.057724`: not cut to the extremes, since its ends say how the type is scaled.
    @Override
    public Range estimate(Collector collector) {
      return range(histogramFor(this, collector).spread());
    }

    /// The range for values of this deviation.
    public static Range range(Spread spread) {
      double bound = Math.min(spread.std() / FLOAT8_STD * FLOAT8_MAX, Float.MAX_VALUE);
      return new Range((float) -bound, (float) bound);
    }

    @Override
    public String name() {
      return "distribution";
    }
  }

  private static Histogram histogramFor(RangeEstimator estimator, Collector collector) {
    if (!(collector instanceof HistogramCollector histogram)) {
      throw wrongCollector(estimator, collector);
    }
    return histogram.histogram();
  }

  private static IllegalArgumentException wrongCollector(
      RangeEstimator estimator, Collector collector) {
    return new IllegalArgumentException(
        estimator.name() + " needs other statistics than " + collector.getClass().getSimpleName());
  }
}
