package dev.octet.numeric;

/// How a grid of codes is laid over a range of real values: everything a scale and zero point
/// depend on besides the range itself.
///
/// The arithmetic is bit-equal to `compute_scale_zp` and `snap_zero_point_to_uint8` of ONNX
/// Runtime's Python quantizer for float32 data: the width of the range is rounded to float32, the
/// scale is a float64 quotient, the zero point uses that scale *before* it is rounded to float32,
/// and a scale below the smallest normal float becomes 1 with zero point 0.
///
/// @param type the codes' type; not [QuantType#INT32]
/// @param symmetry where the zero point may lie
/// @param span how many codes the scale is chosen for
/// @param minRealRange narrowest width of the range, 0 for none
public record GridRule(QuantType type, Symmetry symmetry, CodeSpan span, double minRealRange) {
  public GridRule {
    if (type == QuantType.INT32) {
      throw new IllegalArgumentException("int32 codes take their scale from elsewhere");
    }
    if (symmetry == Symmetry.RESTRICTED && type != QuantType.UINT8) {
      throw new IllegalArgumentException("restricted zero points are for uint8, got " + type);
    }
    if (!(minRealRange >= 0) || minRealRange == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("minimum range must be finite and 0 or more");
    }
  }

  public static GridRule asymmetric(QuantType type) {
    return new GridRule(type, Symmetry.ASYMMETRIC, CodeSpan.FULL, 0);
  }

  public static GridRule symmetric(QuantType type) {
    return new GridRule(type, Symmetry.SYMMETRIC, CodeSpan.FULL, 0);
  }

  public GridRule withSpan(CodeSpan newSpan) {
    return new GridRule(type, symmetry, newSpan, minRealRange);
  }

  public GridRule withMinRealRange(double newMinRealRange) {
    return new GridRule(type, symmetry, span, newMinRealRange);
  }

  /// The codes the scale is chosen for.
  public CodeRange codes() {
    return type.codes(symmetry, span);
  }

  /// Scale and zero point for real values between `min` and `max`; the range is first widened to
  /// hold 0.
  ///
  /// Differs from the peer on purpose where the width overflows float32: the peer's scale becomes
  /// infinite, ours is computed from the float64 width.
  ///
  /// @throws IllegalArgumentException when a bound is NaN or infinite, or `min > max`
  public ScaleChoice choose(float min, float max) {
    if (!Float.isFinite(min) || !Float.isFinite(max) || min > max) {
      throw new IllegalArgumentException("not a range of finite values: " + min + ".." + max);
    }
    return switch (symmetry) {
      case ASYMMETRIC, SYMMETRIC -> widthOverCodes(Math.min(min, 0f), Math.max(max, 0f));
      case RESTRICTED -> snapped(Math.min(min, 0f), Math.max(max, 0f));
    };
  }

  private ScaleChoice widthOverCodes(float min, float max) {
    CodeRange codes = codes();
    float low = min;
    float high = minRealRange > 0 ? Math.max(max, min + (float) minRealRange) : max;
    if (symmetry == Symmetry.SYMMETRIC) {
      high = Math.max(-low, high);
      low = -high;
    }
    float width = high - low;
    double exactWidth = Float.isFinite(width) ? width : (double) high - low;
    double scale = exactWidth / codes.steps();
    if (scale < Float.MIN_NORMAL) {
      return new ScaleChoice(1f, 0);
    }
    double zeroPoint =
        symmetry == Symmetry.SYMMETRIC
            ? Math.rint((codes.min() + codes.max()) / 2.0)
            : Math.rint(codes.min() - low / scale);
    return new ScaleChoice((float) scale, (int) zeroPoint);
  }

  private ScaleChoice snapped(double min, double max) {
    CodeRange codes = codes();
    double steps = codes.steps();
    int middle = Math.floorDiv(codes.min() + codes.max() + 1, 2);
    double high = minRealRange > 0 ? Math.max(max, min + minRealRange) : max;
    int zeroPoint = min >= 0 ? codes.min() : middle;
    double scale;
    if (high <= min) {
      scale = 1.0 / steps;
    } else if (min >= 0) {
      scale = high / steps;
    } else {
      scale = Math.max(-min / (middle - codes.min()), high / (codes.max() - middle));
    }
    float rounded = (float) scale;
    if (rounded < minRealRange / steps) {
      rounded = (float) (minRealRange / steps);
    }
    return new ScaleChoice(rounded, zeroPoint);
  }
}
