package dev.octet.numeric;

/// One step size and the code that stands for 0.
///
/// @param scale finite and positive
/// @param zeroPoint code of the real value 0
public record ScaleChoice(float scale, int zeroPoint) {
  public ScaleChoice {
    if (!(scale > 0) || scale == Float.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("a scale is finite and positive, got " + scale);
    }
  }
}
