package dev.octet.numeric;

/// The verdict of `numpy.testing.assert_allclose(actual, desired, rtol, atol)` with its figures.
///
/// An element matches when `|actual - desired| <= atol + rtol * |desired|`, when both are NaN, or
/// when both are the same infinity. Results over several arrays [#plus] to the result over all.
///
/// @param elements elements compared
/// @param mismatched elements out of tolerance
/// @param maxAbsolute largest absolute difference among pairs of finite elements, 0 without any
/// @param maxRelative largest difference relative to `|desired|` among finite pairs whose desired
///     value is not 0
public record AllClose(long elements, long mismatched, double maxAbsolute, double maxRelative) {
  /// Nothing compared yet.
  public static final AllClose NONE = new AllClose(0, 0, 0, 0);

  /// Compares element by element, in float32 as numpy does for float32 arrays.
  ///
  /// @throws IllegalArgumentException when sizes differ
  public static AllClose of(float[] actual, float[] desired, double rtol, double atol) {
    if (actual.length != desired.length) {
      throw new IllegalArgumentException(
          actual.length + " values against " + desired.length + " desired");
    }
    float relative = (float) rtol;
    float absolute = (float) atol;
    long mismatched = 0;
    float maxAbsolute = 0;
    float maxRelative = 0;
    for (int i = 0; i < actual.length; i++) {
      float got = actual[i];
      float want = desired[i];
      if (!Float.isFinite(got) || !Float.isFinite(want)) {
        boolean same = got == want || (Float.isNaN(got) && Float.isNaN(want));
        mismatched += same ? 0 : 1;
        continue;
      }
      float difference = Math.abs(got - want);
      if (!(difference <= absolute + relative * Math.abs(want))) {
        mismatched++;
      }
      maxAbsolute = Math.max(maxAbsolute, difference);
      if (want != 0) {
        maxRelative = Math.max(maxRelative, difference / Math.abs(want));
      }
    }
    return new AllClose(actual.length, mismatched, maxAbsolute, maxRelative);
  }

  public boolean pass() {
    return mismatched == 0;
  }

  /// Both comparisons as one.
  public AllClose plus(AllClose that) {
    return new AllClose(
        elements + that.elements,
        mismatched + that.mismatched,
        Math.max(maxAbsolute, that.maxAbsolute),
        Math.max(maxRelative, that.maxRelative));
  }
}
