package dev.octet.plan;

import dev.octet.numeric.GridRule;
import dev.octet.stats.ErrorMeasure;
import dev.octet.stats.RangeEstimator;
import java.util.Locale;
import java.util.Optional;

/// How an activation's range is estimated from what was observed: a [RangeEstimator] but for the
/// grid, which differs from value to value.
public sealed interface CalibrationMethod {
  /// What `percentile` keeps where nobody says, here and in `onnxruntime.quantization`.
  double USUAL_PERCENT = 99.999;

  /// What a new sample weighs in a moving average where nobody says, likewise.
  double USUAL_CONSTANT = 0.01;

  /// From the smallest to the largest value seen.
  record MinMax() implements CalibrationMethod {
    @Override
    public String toString() {
      return "minmax";
    }
  }

  /// Cuts off the tails of the distribution.
  ///
  /// @param percent share of the values kept, above 50 and at most 100, such as 99.99
  record Percentile(double percent) implements CalibrationMethod {
    public Percentile {
      if (!(percent > 50 && percent <= 100)) {
        throw new IllegalArgumentException("percentile " + percent + " is not in (50, 100]");
      }
    }

    @Override
    public String toString() {
      return "percentile:" + percent;
    }
  }

  /// The range with the least expected squared error of rounding and clipping together.
  record LeastError() implements CalibrationMethod {
    @Override
    public String toString() {
      return "mse";
    }
  }

  /// The range with the least expected absolute error of rounding and clipping together.
  record LeastAbsoluteError() implements CalibrationMethod {
    @Override
    public String toString() {
      return "mae";
    }
  }

  /// For float8: the values' standard deviation is brought onto that of the type.
  record Distribution() implements CalibrationMethod {
    @Override
    public String toString() {
      return "distribution";
    }
  }

  /// The range whose quantized histogram is closest to the observed one (Kullback–Leibler).
  record Entropy() implements CalibrationMethod {
    @Override
    public String toString() {
      return "entropy";
    }
  }

  /// An exponential moving average of each sample's extremes, in the order of samples, however they
  /// are batched.
  ///
  /// @param constant weight of a new sample, above 0 and at most 1
  record MovingAverage(double constant) implements CalibrationMethod {
    public MovingAverage {
      if (!(constant > 0 && constant <= 1)) {
        throw new IllegalArgumentException("averaging constant " + constant + " is not in (0, 1]");
      }
    }

    @Override
    public String toString() {
      return "moving-average:" + constant;
    }
  }

  /// The estimator that decides a range to be covered with `rule`.
  default RangeEstimator estimator(GridRule rule) {
    return switch (this) {
      case MinMax() -> new RangeEstimator.MinMax();
      case Percentile(double percent) -> new RangeEstimator.Percentile(percent, rule.symmetry());
      case LeastError() -> new RangeEstimator.ErrorOptimal(rule, ErrorMeasure.SQUARED);
      case LeastAbsoluteError() -> new RangeEstimator.ErrorOptimal(rule, ErrorMeasure.ABSOLUTE);
      case Entropy() -> new RangeEstimator.Entropy(rule);
      case Distribution() -> new RangeEstimator.Distribution();
      case MovingAverage(double constant) -> new RangeEstimator.MovingAverage(constant);
    };
  }

  static CalibrationMethod minMax() {
    return new MinMax();
  }

  static CalibrationMethod percentile(double percent) {
    return new Percentile(percent);
  }

  static CalibrationMethod leastError() {
    return new LeastError();
  }

  static CalibrationMethod leastAbsoluteError() {
    return new LeastAbsoluteError();
  }

  static CalibrationMethod distribution() {
    return new Distribution();
  }

  static CalibrationMethod movingAverage(double constant) {
    return new MovingAverage(constant);
  }

  static CalibrationMethod entropy() {
    return new Entropy();
  }

  /// Reads what `toString` writes: `minmax`, `percentile:99.99`, `mse`, `mae`, `entropy`,
  /// `distribution`, `moving-average:0.01`. `percentile` and `moving-average` without a number take
  /// the usual one; `histogram` is PyTorch's word for `mse`.
  ///
  /// @return empty when the text names no method
  static Optional<CalibrationMethod> parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    int colon = word.indexOf(':');
    if (colon >= 0) {
      try {
        double number = Double.parseDouble(word.substring(colon + 1));
        return switch (word.substring(0, colon)) {
          case "percentile" -> Optional.of(new Percentile(number));
          case "moving-average" -> Optional.of(new MovingAverage(number));
          default -> Optional.empty();
        };
      } catch (IllegalArgumentException e) {
        return Optional.empty(); // no number, or none the method takes
      }
    }
    return switch (word) {
      case "minmax" -> Optional.of(new MinMax());
      case "mse", "histogram" -> Optional.of(new LeastError());
      case "percentile" -> Optional.of(new Percentile(USUAL_PERCENT));
      case "moving-average" -> Optional.of(new MovingAverage(USUAL_CONSTANT));
      case "mae" -> Optional.of(new LeastAbsoluteError());
      case "distribution" -> Optional.of(new Distribution());
      case "entropy" -> Optional.of(new Entropy());
      default -> Optional.empty();
    };
  }
}
