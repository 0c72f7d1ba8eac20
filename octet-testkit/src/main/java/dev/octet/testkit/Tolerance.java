package dev.octet.testkit;

/// How far two floating-point numbers may be apart: `|a - b| <= atol + rtol * |b|`, as NumPy's
/// `assert_allclose` has it. Integers must always be equal.
///
/// @param rtol relative to the expected number
/// @param atol absolute
public record Tolerance(double rtol, double atol) {
  /// Bit for bit, but for NaN equalling NaN.
  public static final Tolerance EXACT = new Tolerance(0, 0);

  /// What reordering float32 arithmetic costs in small networks.
  public static final Tolerance FLOAT32 = new Tolerance(1e-4, 1e-5);

  /// Whether `actual` is close enough to `expected`.
  public boolean accepts(double actual, double expected) {
    return Double.compare(actual, expected) == 0
        || actual == expected
        || Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
  }
}
