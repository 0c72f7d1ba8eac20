package dev.octet.numeric;

/// Binary floating-point formats, as far as the order of their numbers is concerned.
public enum FloatFormat {
  FLOAT,
  DOUBLE,
  FLOAT16,
  BFLOAT16;

  /// The position of a number among all numbers of the format: next to each other for neighbours, 0
  /// for both zeros, negative for negative numbers. Infinities follow the largest numbers.
  ///
  /// @param value a number of this format, not NaN
  public long rank(double value) {
    return switch (this) {
      case FLOAT -> rank(Float.floatToRawIntBits((float) value), Integer.MAX_VALUE);
      case DOUBLE -> rank(Double.doubleToRawLongBits(value), Long.MAX_VALUE);
      case FLOAT16 -> rank(Float.floatToFloat16((float) value), Short.MAX_VALUE);
      case BFLOAT16 -> rank(Float.floatToRawIntBits((float) value) >> 16, Short.MAX_VALUE);
    };
  }

  private static long rank(long bits, long magnitude) {
    return bits < 0 ? -(bits & magnitude) : bits;
  }
}
