package dev.octet.stats;

/// How values are spread.
///
/// @param mean their mean
/// @param std their population standard deviation, not negative
public record Spread(double mean, double std) {
  public Spread {
    if (!Double.isFinite(mean) || !(std >= 0 && std < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("not a mean and deviation: " + mean + ", " + std);
    }
  }
}
