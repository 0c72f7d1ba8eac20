package dev.octet.flow;

import dev.octet.plan.CalibrationMethod;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What [QuantizeFlow] is asked to do.
///
/// @param model float ONNX file
/// @param output file to write
/// @param samples to calibrate with and to judge by; may be empty where ranges come from elsewhere
/// @param ranges where ranges come from
/// @param wishes what the result is to be like
/// @param changes what may be done to the float model first
/// @param floatBudget largest share (0 to 1) of the multiplications that may stay in float to reach
///     the quality asked for; empty for what suits the ranges
/// @param bars what the verdict must reach
public record QuantizeRequest(
    Path model,
    Path output,
    Optional<SampleRequest> samples,
    Ranges ranges,
    Wishes wishes,
    Changes changes,
    OptionalDouble floatBudget,
    Bars bars) {
  /// Share of the multiplications that may stay in float where the user does not say.
  public static final double FLOAT_BUDGET = 0.5;

  /// Everything left to Octet.
  public static QuantizeRequest of(Path model, Path output, SampleRequest samples) {
    return new QuantizeRequest(
        model,
        output,
        Optional.of(samples),
        new Ranges.Competition(),
        Wishes.NONE,
        Changes.ALLOWED,
        OptionalDouble.empty(),
        Bars.NONE);
  }

  /// The share that may stay in float: where one method is asked for, it is taken as it is.
  double budget() {
    return floatBudget.orElse(ranges instanceof Ranges.Competition ? FLOAT_BUDGET : 0);
  }

  public QuantizeRequest withWishes(Wishes other) {
    return new QuantizeRequest(model, output, samples, ranges, other, changes, floatBudget, bars);
  }

  /// Where ranges of activations come from.
  public sealed interface Ranges {
    /// Several methods compete on the held-back samples.
    record Competition() implements Ranges {}

    /// One method.
    record Method(CalibrationMethod method) implements Ranges {}

    /// A file of ranges: Octet's own or ONNX Runtime's.
    record Table(Path file) implements Ranges {}
  }

  /// What may be done to the float model before it is quantized.
  ///
  /// @param prepare whether it is prepared, as `octet prepare` does
  /// @param opset the opset to convert it to; empty for the oldest that has what is needed
  public record Changes(Prepare prepare, OptionalInt opset) {
    public static final Changes ALLOWED = new Changes(Prepare.YES, OptionalInt.empty());

    /// Whether the model is prepared first.
    public enum Prepare {
      YES,
      NO
    }
  }

  /// What the verdict must reach on the held-back samples.
  ///
  /// @param minAgreement share (0 to 1) of equal top-1 predictions
  /// @param minSqnr signal-to-quantization-noise ratio of the worst output, in dB
  public record Bars(OptionalDouble minAgreement, OptionalDouble minSqnr) {
    public static final Bars NONE = new Bars(OptionalDouble.empty(), OptionalDouble.empty());

    boolean met(Trial trial) {
      return trial.agreement() >= minAgreement.orElse(0)
          && (minSqnr.isEmpty() || trial.sqnrDb() >= minSqnr.getAsDouble());
    }
  }
}
