package dev.octet.numeric;

/// How many numbers of their format lie between pairs of floating-point numbers: 0 for equal ones
/// (and for both zeros), 1 for neighbours, and across zero the sum of both distances to it.
///
/// Near zero the numbers of a format lie so close that the distance says nothing about a sum whose
/// terms cancel. So pairs that are both below a given magnitude are counted apart, and so are pairs
/// with a NaN. Results over several arrays [#plus] to the result over all.
///
/// @param elements pairs whose distance is counted
/// @param nearZero pairs left out because both are near zero
/// @param unordered pairs left out because one of them is NaN, or both
/// @param max largest distance
/// @param total sum of the distances
public record UlpDistance(long elements, long nearZero, long unordered, long max, double total) {
  /// Nothing compared yet.
  public static final UlpDistance NONE = new UlpDistance(0, 0, 0, 0, 0);

  /// Compares element by element.
  ///
  /// @param format of both arrays' numbers, which float64 holds exactly
  /// @param nearZero magnitude up to which a number is near zero
  /// @throws IllegalArgumentException when sizes differ
  public static UlpDistance of(
      double[] actual, double[] desired, FloatFormat format, double nearZero) {
    if (actual.length != desired.length) {
      throw new IllegalArgumentException(
          actual.length + " values against " + desired.length + " desired");
    }
    long small = 0;
    long unordered = 0;
    long max = 0;
    double total = 0;
    for (int i = 0; i < actual.length; i++) {
      double got = actual[i];
      double want = desired[i];
      if (Double.isNaN(got) || Double.isNaN(want)) {
        unordered++;
      } else if (Math.abs(got) <= nearZero && Math.abs(want) <= nearZero) {
        small++;
      } else {
        long distance = between(format.rank(got), format.rank(want));
        max = Math.max(max, distance);
        total += distance;
      }
    }
    return new UlpDistance(actual.length - small - unordered, small, unordered, max, total);
  }

  /// Mean distance; 0 without pairs.
  public double mean() {
    return elements == 0 ? 0 : total / elements;
  }

  /// Both comparisons as one.
  public UlpDistance plus(UlpDistance that) {
    return new UlpDistance(
        elements + that.elements,
        nearZero + that.nearZero,
        unordered + that.unordered,
        Math.max(max, that.max),
        total + that.total);
  }

  // Two float64 numbers of opposite sign may be farther apart than a long can say.
  private static long between(long one, long two) {
    long between = Math.abs(one - two);
    boolean tooFar = between < 0 || ((one ^ two) < 0 && between < Math.abs(one));
    return tooFar ? Long.MAX_VALUE : between;
  }
}
