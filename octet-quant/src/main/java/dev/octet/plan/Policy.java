package dev.octet.plan;

import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TinyScales;
import dev.octet.stats.Range;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Choices about how things are quantized. Any may be left open (`null`); a more particular policy
/// is laid over a more general one with [#over]. Immutable: each `with` method returns a changed
/// copy.
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
  public static final Policy OPEN = new Draft().policy();

  /// What holds where the user says nothing: UINT8 asymmetric activations, which let ONNX Runtime
  /// drop rectifiers and use its u8×s8 kernels, and INT8 symmetric weights with a scale per
  /// channel.
  public static final Policy STANDARD =
      OPEN.with(
          draft -> {
            draft.treatment = Treatment.QUANTIZE;
            draft.activationType = QuantType.UINT8;
            draft.activationSymmetry = Symmetry.ASYMMETRIC;
            draft.weightType = QuantType.INT8;
            draft.weightSymmetry = Symmetry.SYMMETRIC;
            draft.granularity = WeightGranularity.PER_CHANNEL;
            draft.span = CodeSpan.FULL;
            draft.minimumRealRange = 0.0;
            draft.calibration = CalibrationMethod.minMax();
            draft.biases = BiasForm.CODES;
            draft.tinyScales = TinyScales.KEPT;
          });

  public Policy withTreatment(Treatment value) {
    return with(draft -> draft.treatment = value);
  }

  public Policy withActivations(QuantType type, Symmetry symmetry) {
    return with(
        draft -> {
          draft.activationType = type;
          draft.activationSymmetry = symmetry;
        });
  }

  public Policy withActivationType(QuantType value) {
    return with(draft -> draft.activationType = value);
  }

  public Policy withActivationSymmetry(Symmetry value) {
    return with(draft -> draft.activationSymmetry = value);
  }

  public Policy withWeights(QuantType type, Symmetry symmetry) {
    return with(
        draft -> {
          draft.weightType = type;
          draft.weightSymmetry = symmetry;
        });
  }

  public Policy withWeightType(QuantType value) {
    return with(draft -> draft.weightType = value);
  }

  public Policy withWeightSymmetry(Symmetry value) {
    return with(draft -> draft.weightSymmetry = value);
  }

  public Policy withGranularity(WeightGranularity value) {
    return with(draft -> draft.granularity = value);
  }

  public Policy withSpan(CodeSpan value) {
    return with(draft -> draft.span = value);
  }

  public Policy withMinimumRealRange(double value) {
    return with(draft -> draft.minimumRealRange = value);
  }

  public Policy withCalibration(CalibrationMethod value) {
    return with(draft -> draft.calibration = value);
  }

  public Policy withBiases(BiasForm value) {
    return with(draft -> draft.biases = value);
  }

  public Policy withTinyScales(TinyScales value) {
    return with(draft -> draft.tinyScales = value);
  }

  /// For one tensor: its range, stated instead of observed.
  public Policy withRange(Range value) {
    return withStated(new StatedGrid.Ranges(List.of(value)));
  }

  /// For one tensor: its ranges or its scales and zero points.
  public Policy withStated(StatedGrid value) {
    return with(draft -> draft.stated = value);
  }

  /// For one weight: the axis of its channels or blocks; negative counts from the end.
  public Policy withAxis(int value) {
    return with(draft -> draft.axis = value);
  }

  /// For one tensor: a conversion more.
  public Policy withConversion(TypeConversion value) {
    return with(
        draft -> {
          List<TypeConversion> all =
              draft.conversions == null
                  ? new java.util.ArrayList<>()
                  : new java.util.ArrayList<>(draft.conversions);
          all.add(value);
          draft.conversions = all;
        });
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

  private Policy with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.policy();
  }

  private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
    return first != null ? first : second;
  }

  /// A policy while it is being changed.
  private static final class Draft {
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

    Draft() {}

    Draft(Policy policy) {
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

    Policy policy() {
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
