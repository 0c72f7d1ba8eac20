package dev.octet.numeric;

/// The number format float8 E4M3FN: a sign, four exponent bits with bias 7, three mantissa bits, no
/// infinities, and one NaN for each sign. Follows *FP8 Formats for Deep Learning* (Micikevicius et
/// al., 2022) and ONNX's `Cast` with `saturate = 1`.
public final class Float8 {
  /// The largest number, 448.
  public static final int LARGEST = 448;

  private static final byte NAN = 0x7f;
  private static final float SMALLEST_NORMAL = 0x1p-6f;
  private static final float[] VALUES = new float[256];

  static {
    for (int code = 0; code < VALUES.length; code++) {
      int exponent = (code >> 3) & 0xf;
      int mantissa = code & 0x7;
      float magnitude =
          (code & NAN) == NAN
              ? Float.NaN
              : exponent == 0
                  ? Math.scalb((float) mantissa, -9)
                  : Math.scalb(8f + mantissa, exponent - 10);
      VALUES[code] = code < 128 ? magnitude : -magnitude;
    }
  }

  private Float8() {}

  /// The code of the nearest number, ties to even mantissas; what lies beyond the largest number
  /// becomes that, infinities too, and NaN stays NaN.
  public static byte encode(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 31 << 7;
    if (Float.isNaN(value)) {
      return (byte) (sign | NAN);
    }
    float magnitude = Math.min(Math.abs(value), LARGEST);
    if (magnitude < SMALLEST_NORMAL) {
      return (byte) (sign | (int) Math.rint(magnitude * 0x1p9f));
    }
    int exponent = Math.getExponent(magnitude);
    int mantissa = (int) Math.rint(Math.scalb(magnitude, 3 - exponent));
    // A mantissa of 16 carries over into the exponent.
    return (byte) (sign | (((exponent + 7) << 3) + mantissa - 8));
  }

  /// The number a code stands for.
  public static float decode(byte code) {
    return VALUES[code & 0xff];
  }
}
