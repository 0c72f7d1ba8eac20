package dev.octet.plan;

import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Choices about how things are quantized. Any may be left open (`null`); a more particular policy
/// is laid over a more general one with [#over]. Immutable: each method returns a changed copy.
///
/// @param treatment whether nodes take part
/// @param activationType codes of activations: UINT8 or INT8
/// @param activationSymmetry symmetry of activation ranges
/// @param weightType codes of weights: INT8 or UINT8
/// @param weightSymmetry symmetry of per-tensor weight ranges; per-channel ones are always
/// symmetric
/// @param granularity scales of a weight
/// @param span codes a weight's scale is computed for
/// @param minimumRealRange least width of any range; 0 for none
/// @param calibration how activation ranges are estimated
/// @param range the range of an activation, stated instead of observed
public record Policy(
    @Nullable Treatment treatment,
    @Nullable QuantType activationType,
    @Nullable Symmetry activationSymmetry,
    @Nullable QuantType weightType,
    @Nullable Symmetry weightSymmetry,
    @Nullable WeightGranularity granularity,
    @Nullable CodeSpan span,
    @Nullable Double minimumRealRange,
    @Nullable CalibrationMethod calibration,
    @Nullable Range range) {

  /// Leaves everything open.
  public static final Policy OPEN =
      new Policy(null, null, null, null, null, null, null, null, null, null);

  /// What holds where the user says nothing: UINT8 asymmetric activations, which let ONNX Runtime
  /// drop rectifiers and use its u8×s8 kernels, and INT8 symmetric weights with a scale per
  /// channel.
  public static final Policy STANDARD =
      new Policy(
          Treatment.QUANTIZE,
          QuantType.UINT8,
          Symmetry.ASYMMETRIC,
          QuantType.INT8,
          Symmetry.SYMMETRIC,
          WeightGranularity.PER_CHANNEL,
          CodeSpan.FULL,
          0.0,
          CalibrationMethod.minMax(),
          null);

  public Policy withTreatment(Treatment value) {
    return new Policy(
        value,
        activationType,
        activationSymmetry,
        weightType,
        weightSymmetry,
        granularity,
        span,
        minimumRealRange,
        calibration,
        range);
  }

  public Policy withActivations(QuantType type, Symmetry symmetry) {
    return new Policy(
        treatment,
        type,
        symmetry,
        weightType,
        weightSymmetry,
        granularity,
        span,
        minimumRealRange,
        calibration,
        range);
  }

  public Policy withWeights(QuantType type, Symmetry symmetry) {
    return new Policy(
        treatment,
        activationType,
        activationSymmetry,
        type,
        symmetry,
        granularity,
        span,
        minimumRealRange,
        calibration,
        range);
  }

  public Policy withGranularity(WeightGranularity value) {
    return new Policy(
        treatment,
        activationType,
        activationSymmetry,
        weightType,
        weightSymmetry,
        value,
        span,
        minimumRealRange,
        calibration,
        range);
  }

  public Policy withSpan(CodeSpan value) {
    return new Policy(
        treatment,
        activationType,
        activationSymmetry,
        weightType,
        weightSymmetry,
        granularity,
        value,
        minimumRealRange,
        calibration,
        range);
  }

  public Policy withMinimumRealRange(double value) {
    return new Policy(
        treatment,
        activationType,
        activationSymmetry,
        weightType,
        weightSymmetry,
        granularity,
        span,
        value,
        calibration,
        range);
  }

  public Policy withCalibration(CalibrationMethod value) {
    return new Policy(
        treatment,
        activationType,
        activationSymmetry,
        weightType,
        weightSymmetry,
        granularity,
        span,
        minimumRealRange,
        value,
        range);
  }

  public Policy withRange(Range value) {
    return new Policy(
        treatment,
        activationType,
        activationSymmetry,
        weightType,
        weightSymmetry,
        granularity,
        span,
        minimumRealRange,
        calibration,
        value);
  }

  /// This policy, with what it leaves open taken from `below`.
  public Policy over(Policy below) {
    return new Policy(
        either(treatment, below.treatment),
        either(activationType, below.activationType),
        either(activationSymmetry, below.activationSymmetry),
        either(weightType, below.weightType),
        either(weightSymmetry, below.weightSymmetry),
        either(granularity, below.granularity),
        either(span, below.span),
        either(minimumRealRange, below.minimumRealRange),
        either(calibration, below.calibration),
        either(range, below.range));
  }

  /// The grid an activation's range is covered with.
  ///
  /// @throws NullPointerException when the policy leaves it open
  public GridRule activationRule() {
    return new GridRule(
        Objects.requireNonNull(activationType),
        Objects.requireNonNull(activationSymmetry),
        CodeSpan.FULL,
        Objects.requireNonNull(minimumRealRange));
  }

  /// The grid a weight's range is covered with. Per channel it is symmetric whatever the policy
  /// says, as in ONNX Runtime: its kernels want one zero point for the whole weight.
  ///
  /// @throws NullPointerException when the policy leaves it open
  public GridRule weightRule() {
    Symmetry symmetry =
        granularity == WeightGranularity.PER_CHANNEL
            ? Symmetry.SYMMETRIC
            : Objects.requireNonNull(weightSymmetry);
    return new GridRule(
        Objects.requireNonNull(weightType),
        symmetry,
        Objects.requireNonNull(span),
        Objects.requireNonNull(minimumRealRange));
  }

  /// What cannot work about this policy on its own, one sentence each.
  List<String> mistakes() {
    List<String> found = new ArrayList<>();
    if (activationType != null
        && activationType != QuantType.UINT8
        && activationType != QuantType.INT8) {
      found.add("activations can be UINT8 or INT8, not " + activationType);
    }
    if (weightType != null && weightType != QuantType.UINT8 && weightType != QuantType.INT8) {
      found.add("weights can be INT8 or UINT8, not " + weightType);
    }
    if (activationType == QuantType.INT8 && weightType == QuantType.UINT8) {
      found.add("INT8 activations with UINT8 weights have no kernel; use INT8 weights");
    }
    if (activationSymmetry == Symmetry.RESTRICTED && activationType == QuantType.INT8) {
      found.add("restricted zero points are for UINT8 activations only");
    }
    if (weightSymmetry == Symmetry.RESTRICTED) {
      found.add("weights can be symmetric or asymmetric, not restricted");
    }
    if (minimumRealRange != null && !(minimumRealRange >= 0 && minimumRealRange < 1e30)) {
      found.add("the minimum real range must be 0 or a positive number, not " + minimumRealRange);
    }
    if (calibration instanceof CalibrationMethod.Percentile(double percent)
        && !(percent > 50 && percent <= 100)) {
      found.add("a percentile lies above 50 and is at most 100, not " + percent);
    }
    return found;
  }

  private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
    return first != null ? first : second;
  }
}
