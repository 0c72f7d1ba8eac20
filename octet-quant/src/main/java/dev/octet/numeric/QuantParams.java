package dev.octet.numeric;

import java.util.Arrays;
import java.util.Locale;

/// Scales and zero points of one tensor: `real = (code - zeroPoint) * scale`.
///
/// One entry for [Granularity.PerTensor], one a channel for [Granularity.PerChannel]; for
/// [Granularity.PerBlock] row-major in the tensor's shape with `shape[axis]` replaced by the number
/// of blocks.
///
/// @param type the codes' type
/// @param granularity what one entry covers
/// @param real the type scales are stored in
/// @param scales finite and positive
/// @param zeroPoints as many as scales, each a code of the type; 0 for float8
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, compared by content
public record QuantParams(
    QuantType type, Granularity granularity, RealType real, float[] scales, int[] zeroPoints) {

  public QuantParams {
    scales = scales.clone();
    zeroPoints = zeroPoints.clone();
    if (scales.length != zeroPoints.length) {
      throw new IllegalArgumentException(
          scales.length + " scales but " + zeroPoints.length + " zero points");
    }
    if (granularity instanceof Granularity.PerTensor && scales.length != 1) {
      throw new IllegalArgumentException("a tensor has one scale, got " + scales.length);
    }
    for (int i = 0; i < scales.length; i++) {
      if (!(scales[i] > 0) || scales[i] == Float.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("scale " + i + " is " + scales[i]);
      }
      if (real.rounded(scales[i]) != scales[i]) {
        throw new IllegalArgumentException("scale " + i + " is no " + real + ": " + scales[i]);
      }
      if (type.isFloat() && zeroPoints[i] != 0) {
        throw new IllegalArgumentException("float8 has no zero point but 0");
      }
      if (zeroPoints[i] < type.qmin() || zeroPoints[i] > type.qmax()) {
        throw new IllegalArgumentException(
            "zero point " + i + " is " + zeroPoints[i] + ", not a code of " + type);
      }
    }
  }

  /// Parameters whose scales are 32-bit floats.
  public QuantParams(QuantType type, Granularity granularity, float[] scales, int[] zeroPoints) {
    this(type, granularity, RealType.FLOAT, scales, zeroPoints);
  }

  /// One scale and zero point for the whole tensor, chosen by a rule.
  public static QuantParams perTensor(GridRule rule, ScaleChoice choice) {
    return new QuantParams(
        rule.type(),
        Granularity.perTensor(),
        rule.real(),
        new float[] {choice.scale()},
        new int[] {choice.zeroPoint()});
  }

  /// One scale and zero point for the whole tensor.
  public static QuantParams perTensor(QuantType type, ScaleChoice choice) {
    return perTensor(type, choice.scale(), choice.zeroPoint());
  }

  /// One scale and zero point for the whole tensor.
  public static QuantParams perTensor(QuantType type, float scale, int zeroPoint) {
    return new QuantParams(
        type, Granularity.perTensor(), new float[] {scale}, new int[] {zeroPoint});
  }

  /// A copy of the scales; [#scale(int)] reads one without copying.
  @Override
  public float[] scales() {
    return scales.clone();
  }

  /// A copy of the zero points; [#zeroPoint(int)] reads one without copying.
  @Override
  public int[] zeroPoints() {
    return zeroPoints.clone();
  }

  /// Number of scales.
  public int count() {
    return scales.length;
  }

  public float scale(int index) {
    return scales[index];
  }

  public int zeroPoint(int index) {
    return zeroPoints[index];
  }

  /// One scale with its zero point.
  public ScaleChoice grid(int index) {
    return new ScaleChoice(scales[index], zeroPoints[index]);
  }

  /// Whether every zero point is 0.
  public boolean zeroPointsAreZero() {
    return Arrays.stream(zeroPoints).allMatch(zeroPoint -> zeroPoint == 0);
  }

  /// The same zero points and granularity with other scales.
  public QuantParams withScales(float[] newScales) {
    return new QuantParams(type, granularity, real, newScales, zeroPoints);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QuantParams that
        && type == that.type
        && granularity.equals(that.granularity)
        && real == that.real
        && Arrays.equals(scales, that.scales)
        && Arrays.equals(zeroPoints, that.zeroPoints);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * type.hashCode() + granularity.hashCode()) + Arrays.hashCode(scales);
  }

  @Override
  public String toString() {
    String what = type.name().toLowerCase(Locale.ROOT);
    return switch (granularity) {
      case Granularity.PerTensor _ -> what + " scale " + scales[0] + " zero " + zeroPoints[0];
      case Granularity.PerChannel(int axis) ->
          what + " axis " + axis + ", " + scales.length + " channels";
      case Granularity.PerBlock(int axis, int size) ->
          what + " axis " + axis + " blocks of " + size + ", " + scales.length + " scales";
    };
  }
}
