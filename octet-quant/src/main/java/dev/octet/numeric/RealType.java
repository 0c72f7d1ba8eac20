package dev.octet.numeric;

/// Element type of real values, in which their scales are stored too.
public enum RealType {
  FLOAT(1, Float.MIN_NORMAL),
  FLOAT16(10, 0x1p-14);

  private final int onnxNumber;
  private final double smallestNormal;

  RealType(int onnxNumber, double smallestNormal) {
    this.onnxNumber = onnxNumber;
    this.smallestNormal = smallestNormal;
  }

  /// `TensorProto.DataType` number.
  public int onnxNumber() {
    return onnxNumber;
  }

  /// The smallest positive number with full precision.
  public double smallestNormal() {
    return smallestNormal;
  }

  /// The nearest number of this type, ties to even; infinite where none is near.
  public float rounded(float value) {
    return switch (this) {
      case FLOAT -> value;
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(value));
    };
  }

  /// The nearest number of this type to a positive scale; for one below the normal numbers of
  /// float16 the next one up, so that its codes still reach the ends of their range and it never
  /// becomes 0.
  public float roundedUpIfTiny(double scale) {
    float nearest = (float) scale;
    if (this == FLOAT) {
      return nearest;
    }
    short half = Float.floatToFloat16(nearest);
    return scale < smallestNormal && Float.float16ToFloat(half) < scale
        ? Float.float16ToFloat((short) (half + 1))
        : Float.float16ToFloat(half);
  }
}
