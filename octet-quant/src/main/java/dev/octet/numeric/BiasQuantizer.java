package dev.octet.numeric;

/// Quantizes biases to int32 with the scale of the products they are added to.
///
/// Follows `quantize_bias_static_impl` and `_adjust_weight_scale_for_int32_bias` of ONNX Runtime's
/// Python quantizer with `beta = 1`. A Gemm's `beta` is the caller's to fold into the bias values,
/// where the peer scales twice.
public final class BiasQuantizer {
  private BiasQuantizer() {}

  /// A quantized bias.
  ///
  /// @param codes int32 codes, zero point 0
  /// @param scales one for the tensor or one an output channel
  /// @param saturated how many codes had to be clipped to int32
  @SuppressWarnings("ArrayRecordComponent") // a result handed over, not kept
  public record QuantizedBias(int[] codes, float[] scales, int saturated) {}

  /// `rint(bias / (inputScale * weightScale))`, the scale in float32, the division in float64.
  ///
  /// @param bias one value an output channel
  /// @param weightScales one, or as many as the bias has values
  public static QuantizedBias quantize(float[] bias, float inputScale, float[] weightScales) {
    throw new UnsupportedOperationException("not yet");
  }

  /// Weight scales made just large enough for the bias to fit into int32; equal to the given ones
  /// where it fits already. Only for weights whose zero points are all 0; such weights are then
  /// quantized with the new scales.
  ///
  /// @param bias one value an output channel
  /// @param weightScales one, or as many as the bias has values
  public static float[] weightScalesFor(float[] bias, float inputScale, float[] weightScales) {
    throw new UnsupportedOperationException("not yet");
  }
}
