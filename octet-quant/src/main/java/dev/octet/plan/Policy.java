package dev.octet.plan;

import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TinyScales;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Choices about how things are quantized. Any may be left open (`null`); a more particular policy
/// is laid over a more general one with [#over]. Immutable.
///
/// @param treatment whether nodes take part
/// @param activationType codes of activations
/// @param activationSymmetry symmetry of activation ranges
/// @param weightType codes of weights
/// @param weightSymmetry symmetry of weight ranges per tensor and per block; per channel they are
///     always symmetric
/// @param granularity scales of a weight
/// @param span codes a weight's scale is computed for
/// @param minimumRealRange least width of any range; 0 for none
/// @param calibration how activation ranges are estimated
/// @param biases how biases are stored
/// @param tinyScales what becomes of float16 scales too small to be normal numbers
/// @param stated the range or the scale and zero point of a tensor, stated instead of computed
/// @param axis the axis of a weight's channels or blocks, instead of the one its operator defines;
///     negative counts from the end
/// @param conversions types a tensor is converted to for some of its readers
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
    @Nullable BiasForm biases,
    @Nullable TinyScales tinyScales,
    @Nullable StatedGrid stated,
    @Nullable Integer axis,
    @Nullable List<TypeConversion> conversions) {
  public Policy {
    conversions = conversions == null ? null : List.copyOf(conversions);
  }

  /// Leaves everything open.
  public static final Policy OPEN = builder().build();

  /// Keeps what it is for in float.
  public static final Policy IN_FLOAT = builder().treatment(Treatment.FLOAT).build();

  /// Quantizes what it is for.
  public static final Policy QUANTIZED = builder().treatment(Treatment.QUANTIZE).build();

  /// What holds where the user says nothing: UINT8 asymmetric activations, which let ONNX Runtime
  /// drop rectifiers and use its u8×s8 kernels, and INT8 symmetric weights with a scale per
  /// channel.
  public static final Policy STANDARD =
      builder()
          .treatment(Treatment.QUANTIZE)
          .activations(QuantType.UINT8, Symmetry.ASYMMETRIC)
          .weights(QuantType.INT8, Symmetry.SYMMETRIC)
          .granularity(WeightGranularity.PER_CHANNEL)
          .span(CodeSpan.FULL)
          .minimumRealRange(0.0)
          .calibration(CalibrationMethod.minMax())
          .biases(BiasForm.CODES)
          .tinyScales(TinyScales.KEPT)
          .build();

  /// Starts with everything left open.
  public static Builder builder() {
    return new Builder();
  }

  /// Starts with what this policy says.
  public Builder toBuilder() {
    return new Builder(this);
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
        either(biases, below.biases),
        either(tinyScales, below.tinyScales),
        either(stated, below.stated),
        either(axis, below.axis),
        either(conversions, below.conversions));
  }

  /// The grid a range of 32-bit floats is covered with, for an activation.
  ///
  /// @throws NullPointerException when the policy leaves it open
  public GridRule activationRule() {
    return activationRule(RealType.FLOAT);
  }

  /// The grid an activation's range is covered with.
  ///
  /// @param real what the activation holds
  /// @throws NullPointerException when the policy leaves it open
  public GridRule activationRule(RealType real) {
    return new GridRule(
        Objects.requireNonNull(activationType),
        Objects.requireNonNull(activationSymmetry),
        CodeSpan.FULL,
        Objects.requireNonNull(minimumRealRange),
        real,
        Objects.requireNonNull(tinyScales));
  }

  /// The grid a range of 32-bit floats is covered with, for a weight.
  ///
  /// @throws NullPointerException when the policy leaves it open
  public GridRule weightRule() {
    return weightRule(RealType.FLOAT);
  }

  /// The grid a weight's range is covered with. Per channel it is symmetric whatever the policy
  /// says, as in ONNX Runtime: its kernels want one zero point for the whole weight.
  ///
  /// @param real what the weight holds
  /// @throws NullPointerException when the policy leaves it open
  public GridRule weightRule(RealType real) {
    Symmetry symmetry =
        granularity instanceof WeightGranularity.PerChannel
            ? Symmetry.SYMMETRIC
            : Objects.requireNonNull(weightSymmetry);
    return new GridRule(
        Objects.requireNonNull(weightType),
        symmetry,
        Objects.requireNonNull(span),
        Objects.requireNonNull(minimumRealRange),
        real,
        Objects.requireNonNull(tinyScales));
  }

  private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
    return first != null ? first : second;
  }

  /// Collects choices; what is not chosen stays open.
  public static final class Builder {
    private @Nullable Treatment treatment;
    private @Nullable QuantType activationType;
    private @Nullable Symmetry activationSymmetry;
    private @Nullable QuantType weightType;
    private @Nullable Symmetry weightSymmetry;
    private @Nullable WeightGranularity granularity;
    private @Nullable CodeSpan span;
    private @Nullable Double minimumRealRange;
    private @Nullable CalibrationMethod calibration;
    private @Nullable BiasForm biases;
    private @Nullable TinyScales tinyScales;
    private @Nullable StatedGrid stated;
    private @Nullable Integer axis;
    private @Nullable List<TypeConversion> conversions;

    private Builder() {}

    private Builder(Policy policy) {
      treatment = policy.treatment;
      activationType = policy.activationType;
      activationSymmetry = policy.activationSymmetry;
      weightType = policy.weightType;
      weightSymmetry = policy.weightSymmetry;
      granularity = policy.granularity;
      span = policy.span;
      minimumRealRange = policy.minimumRealRange;
      calibration = policy.calibration;
      biases = policy.biases;
      tinyScales = policy.tinyScales;
      stated = policy.stated;
      axis = policy.axis;
      conversions = policy.conversions;
    }

    public Builder treatment(Treatment value) {
      treatment = value;
      return this;
    }

    public Builder activations(QuantType type, Symmetry symmetry) {
      return activationType(type).activationSymmetry(symmetry);
    }

    public Builder activationType(QuantType value) {
      activationType = value;
      return this;
    }

    public Builder activationSymmetry(Symmetry value) {
      activationSymmetry = value;
      return this;
    }

    public Builder weights(QuantType type, Symmetry symmetry) {
      return weightType(type).weightSymmetry(symmetry);
    }

    public Builder weightType(QuantType value) {
      weightType = value;
      return this;
    }

    public Builder weightSymmetry(Symmetry value) {
      weightSymmetry = value;
      return this;
    }

    public Builder granularity(WeightGranularity value) {
      granularity = value;
      return this;
    }

    public Builder span(CodeSpan value) {
      span = value;
      return this;
    }

    public Builder minimumRealRange(double value) {
      minimumRealRange = value;
      return this;
    }

    public Builder calibration(CalibrationMethod value) {
      calibration = value;
      return this;
    }

    public Builder biases(BiasForm value) {
      biases = value;
      return this;
    }

    public Builder tinyScales(TinyScales value) {
      tinyScales = value;
      return this;
    }

    /// For one tensor: its range, stated instead of observed.
    public Builder range(Range value) {
      return stated(new StatedGrid.Ranges(List.of(value)));
    }

    /// For one tensor: its ranges or its scales and zero points.
    public Builder stated(StatedGrid value) {
      stated = value;
      return this;
    }

    /// For one weight: the axis of its channels or blocks; negative counts from the end.
    public Builder axis(int value) {
      axis = value;
      return this;
    }

    /// For one tensor: a conversion more.
    public Builder conversion(TypeConversion value) {
      List<TypeConversion> all = new ArrayList<>();
      if (conversions != null) {
        all.addAll(conversions);
      }
      all.add(value);
      conversions = all;
      return this;
    }

    public Policy build() {
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
          biases,
          tinyScales,
          stated,
          axis,
          conversions);
    }
  }
}
