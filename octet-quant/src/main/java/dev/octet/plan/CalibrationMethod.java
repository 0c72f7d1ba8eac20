package dev.octet.plan;

import dev.octet.numeric.GridRule;
import dev.octet.stats.RangeEstimator;
import java.util.Locale;
import java.util.Optional;

/// How an activation's range is estimated from what was observed: a [RangeEstimator] but for the
/// grid, which differs from value to value.
public sealed interface CalibrationMethod {
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

  /// The range whose quantized histogram is closest to the observed one (Kullback–Leibler).
  record Entropy() implements CalibrationMethod {
    @Override
    public String toString() {
      return "entropy";
    }
  }

  /// An exponential moving average of each sample's extremes.
  ///
  /// @param constant weight of a new sample, above 0 and at most 1
  record MovingAverage(double constant) implements CalibrationMethod {
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
      case LeastError() -> new RangeEstimator.ErrorOptimal(rule);
      case Entropy() -> new RangeEstimator.Entropy(rule);
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

  static CalibrationMethod entropy() {
    return new Entropy();
  }

  /// Reads what `toString` writes: `minmax`, `percentile:99.99`, `mse`, `entropy`,
  /// `moving-average:0.01`.
  ///
  /// @return empty when the text names no method
  static Optional<CalibrationMethod> parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    int colon = word.indexOf(':');
    if (colon >= 0) {
      double number;
      try {
        number = Double.parseDouble(word.substring(colon + 1));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
      return switch (word.substring(0, colon)) {
        case "percentile" -> Optional.of(new Percentile(number));
        case "moving-average" -> Optional.of(new MovingAverage(number));
        default -> Optional.empty();
      };
    }
    return switch (word) {
      case "minmax" -> Optional.of(new MinMax());
      case "mse" -> Optional.of(new LeastError());
      case "entropy" -> Optional.of(new Entropy());
      default -> Optional.empty();
    };
  }
}
