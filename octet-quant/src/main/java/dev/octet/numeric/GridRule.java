package dev.octet.numeric;

/// How a grid of codes is laid over a range of real values: everything a scale and zero point
/// depend on besides the range itself.
///
/// The arithmetic is bit-equal to `compute_scale_zp` and `snap_zero_point_to_uint8` of ONNX
/// Runtime's Python quantizer: the width of the range is rounded to the type of the real values,
/// the scale is a float64 quotient, the zero point uses that scale *before* it is rounded, and a
/// scale below the smallest normal float becomes 1 with zero point 0 (in float16 only where
/// [TinyScales#FLUSHED] asks for it).
///
/// Float8 codes need no range but a spread: [#chooseForDeviation]. Where only a range is known its
/// longer side becomes the largest code.
///
/// @param type the codes' type; not [QuantType#INT32]
/// @param symmetry where the zero point may lie; float8 is symmetric by nature
/// @param span how many codes the scale is chosen for
/// @param minRealRange narrowest width of the range, 0 for none
/// @param real element type of the real values, in which the scale is stored
/// @param tinyScales what becomes of scales that are no normal float16 numbers
public record GridRule(
    QuantType type,
    Symmetry symmetry,
    CodeSpan span,
    double minRealRange,
    RealType real,
    TinyScales tinyScales) {
  /// Standard deviation of the 254 finite float8 E4M3FN numbers, in float32 as the peer computes
  /// it.
  static final float FLOAT8_DEVIATION = 100.057724f;

  public GridRule {
    if (type.isFloat() && span == CodeSpan.REDUCED) {
      throw new IllegalArgumentException("float8 has no reduced range");
    }
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

  /// A rule for 32-bit floats.
  public GridRule(QuantType type, Symmetry symmetry, CodeSpan span, double minRealRange) {
    this(type, symmetry, span, minRealRange, RealType.FLOAT, TinyScales.KEPT);
  }

  public static GridRule asymmetric(QuantType type) {
    return new GridRule(type, Symmetry.ASYMMETRIC, CodeSpan.FULL, 0);
  }

  public static GridRule symmetric(QuantType type) {
    return new GridRule(type, Symmetry.SYMMETRIC, CodeSpan.FULL, 0);
  }

  public GridRule withSpan(CodeSpan newSpan) {
    return new GridRule(type, symmetry, newSpan, minRealRange, real, tinyScales);
  }

  public GridRule withMinRealRange(double newMinRealRange) {
    return new GridRule(type, symmetry, span, newMinRealRange, real, tinyScales);
  }

  /// The same rule for values of another type.
  public GridRule withReal(RealType newReal, TinyScales newTinyScales) {
    return new GridRule(type, symmetry, span, minRealRange, newReal, newTinyScales);
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
    float low = Math.min(real.rounded(min), 0f);
    float high = Math.max(real.rounded(max), 0f);
    if (type.isFloat()) {
      double bound = Math.max(Math.max(-low, high), minRealRange / 2);
      return stored(bound / type.qmax(), 0);
    }
    return switch (symmetry) {
      case ASYMMETRIC, SYMMETRIC -> widthOverCodes(low, high);
      case RESTRICTED -> snapped(low, high);
    };
  }

  /// Float8 only: the scale that gives values of this standard deviation the spread of the codes,
  /// bit-equal to `compute_scale_zp_float8`. Values beyond about 4.5 deviations saturate.
  ///
  /// @param deviation standard deviation of the values, computed in their type
  /// @throws IllegalArgumentException for another type, or when `deviation` is negative or no
  ///     finite number
  public ScaleChoice chooseForDeviation(double deviation) {
    if (!type.isFloat() || !(deviation >= 0) || deviation == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(type + " and a standard deviation of " + deviation);
    }
    double scale =
        real == RealType.FLOAT && (float) deviation == deviation
            ? (float) deviation / FLOAT8_DEVIATION
            : deviation / FLOAT8_DEVIATION;
    return stored(scale, 0);
  }

  /// A scale and what goes with it, or 1 where nothing can be told from 0.
  private ScaleChoice stored(double scale, int zeroPoint) {
    if (scale == 0 || isTiny(scale)) {
      return new ScaleChoice(1f, 0);
    }
    return new ScaleChoice(real.roundedUpIfTiny(scale), zeroPoint);
  }

  private boolean isTiny(double scale) {
    return switch (real) {
      case FLOAT -> scale < Float.MIN_NORMAL;
      case FLOAT16 -> tinyScales == TinyScales.FLUSHED && scale < real.smallestNormal();
    };
  }

  private ScaleChoice widthOverCodes(float min, float max) {
    CodeRange codes = codes();
    float low = min;
    float high =
        minRealRange > 0
            ? Math.max(max, real.rounded(min + real.rounded((float) minRealRange)))
            : max;
    if (symmetry == Symmetry.SYMMETRIC) {
      high = Math.max(-low, high);
      low = -high;
    }
    float width = real.rounded(high - low);
    double exactWidth = Float.isFinite(width) ? width : (double) high - low;
    double scale = exactWidth / codes.steps();
    if (scale == 0 || isTiny(scale)) {
      return new ScaleChoice(1f, 0);
    }
    float rounded = real.roundedUpIfTiny(scale);
    // A scale that had to grow a lot takes the zero point with it.
    double grid = scale < real.smallestNormal() ? rounded : scale;
    double zeroPoint =
        symmetry == Symmetry.SYMMETRIC
            ? Math.rint((codes.min() + codes.max()) / 2.0)
            : Math.rint(codes.min() - low / grid);
    return new ScaleChoice(rounded, (int) zeroPoint);
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
    float rounded = real.roundedUpIfTiny(scale);
    if (rounded < minRealRange / steps) {
      rounded = real.roundedUpIfTiny(minRealRange / steps);
    }
    return new ScaleChoice(rounded, zeroPoint);
  }
}
