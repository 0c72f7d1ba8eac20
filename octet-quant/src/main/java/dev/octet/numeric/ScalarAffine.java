package dev.octet.numeric;

/// The reference: one element at a time, as the definition reads.
final class ScalarAffine implements AffineProvider {

  @Override
  public String description() {
    return "scalar";
  }

  @Override
  public void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, byte[] out, int at) {
    float scale = grid.scale();
    int zero = grid.zeroPoint();
    float low = type.qmin() - zero;
    float high = type.qmax() - zero;
    for (int i = 0; i < length; i++) {
      out[at + i] = (byte) (steps(values[from + i], scale, low, high) + zero);
    }
  }

  @Override
  public void quantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, short[] out, int at) {
    float scale = grid.scale();
    int zero = grid.zeroPoint();
    float low = type.qmin() - zero;
    float high = type.qmax() - zero;
    for (int i = 0; i < length; i++) {
      out[at + i] = (short) (steps(values[from + i], scale, low, high) + zero);
    }
  }

  @Override
  public void dequantize(
      byte[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    float scale = grid.scale();
    int zero = grid.zeroPoint();
    if (type.isSigned()) {
      for (int i = 0; i < length; i++) {
        out[at + i] = (codes[from + i] - zero) * scale;
      }
    } else {
      for (int i = 0; i < length; i++) {
        out[at + i] = (Byte.toUnsignedInt(codes[from + i]) - zero) * scale;
      }
    }
  }

  @Override
  public void dequantize(
      short[] codes, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    float scale = grid.scale();
    int zero = grid.zeroPoint();
    if (type.isSigned()) {
      for (int i = 0; i < length; i++) {
        out[at + i] = (codes[from + i] - zero) * scale;
      }
    } else {
      for (int i = 0; i < length; i++) {
        out[at + i] = (Short.toUnsignedInt(codes[from + i]) - zero) * scale;
      }
    }
  }

  @Override
  public void fakeQuantize(
      float[] values, int from, int length, QuantType type, ScaleChoice grid, float[] out, int at) {
    float scale = grid.scale();
    float low = type.qmin() - grid.zeroPoint();
    float high = type.qmax() - grid.zeroPoint();
    for (int i = 0; i < length; i++) {
      out[at + i] = steps(values[from + i], scale, low, high) * scale;
    }
  }

  /// Steps from 0, rounded half to even. Clipping first gives the same code as clipping last, since
  /// the bounds are whole; written so that NaN fails the first comparison and ends at `low`.
  private static int steps(float value, float scale, float low, float high) {
    float steps = value / scale;
    steps = steps > low ? steps : low;
    steps = steps < high ? steps : high;
    return (int) Math.rint(steps);
  }
}
