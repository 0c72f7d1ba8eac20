package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationMethod;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What every command does with option values.
final class Options {
  private Options() {}

  /// A value picocli has seen to be given.
  static <T> T given(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a required option was let through without a value");
    }
    return value;
  }

  /// A calibration method by name.
  ///
  /// @param option that names it
  static CalibrationMethod calibration(String option, String method) {
    return CalibrationMethod.parse(method)
        .orElseThrow(
            () ->
                OctetException.usage(
                    "bad-option",
                    option,
                    "'" + method + "' is no calibration method",
                    "one of minmax, mse (histogram), mae, entropy, percentile[:P] with P above 50"
                        + " and at most 100 (99.999), distribution, moving-average[:C] with C above"
                        + " 0 and at most 1 (0.01)"));
  }

  /// Builds a value from options; what it refuses is the user's mistake.
  static <T> T checked(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw OctetException.usage("bad-option", option, String.valueOf(e.getMessage()), "");
    }
  }
}
