package dev.octet.numeric;

/// Quantizes biases to int32 with the scale of the products they are added to.
///
/// Follows `quantize_bias_static_impl` and `_adjust_weight_scale_for_int32_bias` of ONNX Runtime's
/// Python quantizer with `beta = 1`. A Gemm's `beta` is the caller's to fold into the bias values,
/// where the peer scales twice.
public final class BiasQuantizer {
  /// Keeps a bias of the largest magnitude from rounding over the end of int32.
  private static final double MARGIN = 1.0001;

  private static final double CODE_SPAN = 2.0 * Integer.MAX_VALUE;

  private BiasQuantizer() {}

  /// A quantized bias.
  ///
  /// @param codes int32 codes, zero point 0
  /// @param scales one for the tensor or one an output channel
  /// @param saturated how many codes had to be clipped to int32
  @SuppressWarnings("ArrayRecordComponent") // a result handed over, not kept
  public record QuantizedBias(int[] codes, float[] scales, int saturated) {}

  /// As [#quantize(float[], float, float[], RealType)] for 32-bit floats.
  public static QuantizedBias quantize(float[] bias, float inputScale, float[] weightScales) {
    return quantize(bias, inputScale, weightScales, RealType.FLOAT);
  }

  /// `rint(bias / (inputScale * weightScale))`, the scale in the type of the bias, the division in
  /// float64. A float16 product that would underflow becomes the smallest number above it.
  ///
  /// @param bias rows of one value an output channel
  /// @param weightScales one, or as many as there are output channels
  /// @param real the type of the bias, in which its scales are stored
  /// @throws IllegalArgumentException when sizes disagree, a bias is not finite, or a product of
  ///     scales underflows to 0
  public static QuantizedBias quantize(
      float[] bias, float inputScale, float[] weightScales, RealType real) {
    checkSizes(bias, weightScales);
    float[] scales = new float[weightScales.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = real.roundedUpIfTiny(inputScale * weightScales[i]);
      if (!(scales[i] > 0)) {
        throw new IllegalArgumentException(
            "bias scale " + i + " is " + inputScale + " * " + weightScales[i] + " = " + scales[i]);
      }
    }
    int[] codes = new int[bias.length];
    int saturated = 0;
    for (int i = 0; i < bias.length; i++) {
      double exact = Math.rint((double) bias[i] / scales[i % scales.length]);
      codes[i] = (int) exact; // the cast clips to int32
      if (codes[i] != exact) {
        saturated++;
      }
    }
    return new QuantizedBias(codes, scales, saturated);
  }

  /// Whether [#quantize(float[], float, float[], RealType)] would neither fail nor saturate.
  public static boolean fits(float[] bias, float inputScale, float[] weightScales, RealType real) {
    for (float weightScale : weightScales) {
      float scale = real.roundedUpIfTiny(inputScale * weightScale);
      if (!(scale > 0) || !Float.isFinite(scale)) {
        return false;
      }
    }
    return quantize(bias, inputScale, weightScales, real).saturated() == 0;
  }

  /// The weight's parameters with scales just large enough for the bias to fit into int32, or the
  /// given ones where it fits already. The weight is then quantized with the result.
  ///
  /// Only int8 and int16 weights whose zero points are all 0, per tensor or per channel, are ever
  /// changed; others come back as they are and their bias may saturate.
  ///
  /// @param bias rows of one value an output channel
  /// @throws IllegalArgumentException when sizes disagree or a bias is not finite
  public static QuantParams weightParamsFor(float[] bias, float inputScale, QuantParams weight) {
    boolean adjustable = weight.type() == QuantType.INT8 || weight.type() == QuantType.INT16;
    if (!adjustable || !weight.zeroPointsAreZero()) {
      return weight;
    }
    float[] scales = weight.scales();
    switch (weight.granularity()) {
      case Granularity.PerTensor() -> {
        checkSizes(bias, scales);
        double widened = MARGIN * (2.0 * largest(bias, 0, 1));
        scales[0] = largeEnough(widened, inputScale, scales[0], weight.real());
      }
      case Granularity.PerChannel _ -> {
        checkSizes(bias, scales);
        for (int i = 0; i < scales.length; i++) {
          // The peer stays in float32 here, unlike above.
          float widened = (float) MARGIN * (2f * largest(bias, i, scales.length));
          scales[i] = largeEnough(widened, inputScale, scales[i], weight.real());
        }
      }
      case Granularity.PerBlock _ -> {
        return weight;
      }
    }
    return weight.withScales(scales);
  }

  /// The largest magnitude of every `step`th value from index `from` on.
  private static float largest(float[] bias, int from, int step) {
    float largest = 0;
    for (int i = from; i < bias.length; i += step) {
      largest = Math.max(largest, Math.abs(bias[i]));
    }
    return largest;
  }

  private static float largeEnough(
      double widenedSpan, double inputScale, float weightScale, RealType real) {
    double needed = widenedSpan / CODE_SPAN;
    double candidate = inputScale * weightScale;
    boolean tooSmall = candidate > 0 && candidate < needed;
    return tooSmall ? real.roundedUpIfTiny(weightScale * (needed / candidate)) : weightScale;
  }

  private static void checkSizes(float[] bias, float[] weightScales) {
    if (bias.length % weightScales.length != 0) {
      throw new IllegalArgumentException(
          weightScales.length + " weight scales for a bias of " + bias.length);
    }
    for (float value : bias) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("bias holds " + value);
      }
    }
  }
}
