package dev.octet.numeric;

/// Quantizes whole float32 tensors, stored row-major, to an ONNX tensor's raw data and back.
///
/// Choosing the grid ([#chooseParams]) and putting values on it ([#quantize]) are two steps,
// because
/// a scale can change in between (see [BiasQuantizer#weightScalesFor]).
///
/// Raw data is little-endian; 4-bit codes pack two to a byte, the first in the low nibble.
public final class TensorQuantizer {
  private TensorQuantizer() {}

  /// Scales and zero points that cover the data's own range, per tensor, channel or block.
  ///
  /// Bit-equal to `quantize_data` (per tensor, per channel) and `compute_scale_zp_blocked` of ONNX
  /// Runtime's Python quantizer. Blocks differ from the others as they do there: a tail is padded
  /// with zeros, the zero point uses the rounded scale and is clipped, span and minimum range are
  /// ignored.
  ///
  /// @param data row-major values, all finite
  /// @param shape dimensions of `data`, `{}` for a scalar
  /// @throws IllegalArgumentException when sizes disagree or a value is not finite
  public static QuantParams chooseParams(
      float[] data, long[] shape, Granularity granularity, GridRule rule) {
    throw new UnsupportedOperationException("not yet");
  }

  /// The codes of `data` as raw tensor data.
  ///
  /// @param data row-major values
  /// @param shape dimensions of `data`
  /// @throws IllegalArgumentException when sizes disagree
  public static byte[] quantize(float[] data, long[] shape, QuantParams params) {
    throw new UnsupportedOperationException("not yet");
  }

  /// The real values of raw tensor data, row-major.
  ///
  /// @throws IllegalArgumentException when sizes disagree
  public static float[] dequantize(byte[] raw, long[] shape, QuantParams params) {
    throw new UnsupportedOperationException("not yet");
  }
}
