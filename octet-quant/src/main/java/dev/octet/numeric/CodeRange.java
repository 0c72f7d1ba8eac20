package dev.octet.numeric;

/// An inclusive range of integer codes around 0.
///
/// @param min smallest code, at most 0
/// @param max largest code, at least 0
public record CodeRange(int min, int max) {
  public CodeRange {
    if (min > 0 || max < 0) {
      throw new IllegalArgumentException("a code range holds 0, got " + min + ".." + max);
    }
  }

  /// Steps between the ends: one less than the number of codes.
  public long steps() {
    return (long) max - min;
  }
}
