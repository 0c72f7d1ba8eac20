package dev.octet.numeric;

/// One way to compute what [AffineKernels] offers. Bounds are checked by the caller.
///
/// Providers agree bit for bit, so that a result never depends on the machine.
interface AffineProvider {

  /// How this provider computes, for messages.
  String description();

  void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, byte[] out, int at);

  void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, short[] out, int at);

  void dequantize(
      byte[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at);

  void dequantize(
      short[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at);

  void fakeQuantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at);
}
