package dev.octet.stats;

/// A closed interval of finite real values.
///
/// @param min lower end
/// @param max upper end, at least `min`
public record Range(float min, float max) {
  public Range {
    if (!Float.isFinite(min) || !Float.isFinite(max) || min > max) {
      throw new IllegalArgumentException("not a range of finite values: " + min + ".." + max);
    }
  }

  /// This range, widened to hold 0 where it does not.
  public Range includingZero() {
    return new Range(Math.min(min, 0f), Math.max(max, 0f));
  }

  /// As long on both sides of 0 as on the longer one.
  public Range symmetric() {
    float bound = Math.max(Math.abs(min), Math.abs(max));
    return new Range(-bound, bound);
  }

  /// The smallest range that holds both.
  public Range union(Range other) {
    return new Range(Math.min(min, other.min), Math.max(max, other.max));
  }

  /// The part of this range inside `other`, or the end of `other` next to this range if none is.
  public Range clampedTo(Range other) {
    return new Range(other.clamp(min), other.clamp(max));
  }

  public float width() {
    return max - min;
  }

  private float clamp(float value) {
    return Math.clamp(value, min, max);
  }
}
