package dev.octet.calibrate;

/// Samples that follow each other.
///
/// @param first index of the first
/// @param end index after the last
public record Span(long first, long end) {
  public Span {
    if (first < 0 || end < first) {
      throw new IllegalArgumentException("no span of samples: " + first + " to " + end);
    }
  }

  /// How many.
  public long size() {
    return end - first;
  }

  @Override
  public String toString() {
    return size() == 0 ? "no samples" : "samples " + first + " to " + (end - 1);
  }
}
