package dev.octet.stats;

/// The two inner loops of every collector, over raw float bits.
///
/// Floats are compared by an integer *key* that orders them as numbers do, with NaN beyond the
/// infinities on either side: one pass gives the extremes and tells whether all values are finite.
///
/// Both loops are written so that the compiler turns them into vector instructions by itself:
/// integer and float arithmetic without conditions on int arrays. (It does not for
/// `floatToRawIntBits`, hence bits as input.) That is as fast as the Vector API here and needs
/// neither its module nor its long warm-up.
final class FloatScan {
  /// Key of negative infinity; smaller ones are NaN.
  static final int LOWEST = key(Float.floatToRawIntBits(Float.NEGATIVE_INFINITY));

  /// Key of positive infinity; larger ones are NaN.
  static final int HIGHEST = key(Float.floatToRawIntBits(Float.POSITIVE_INFINITY));

  private FloatScan() {}

  /// Turns float bits into a key, and a key back into float bits.
  static int key(int bits) {
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }

  /// Smallest key in the upper, largest in the lower 32 bits.
  static long extremes(int[] bits, int length) {
    int smallest = Integer.MAX_VALUE;
    int largest = Integer.MIN_VALUE;
    for (int i = 0; i < length; i++) {
      int key = bits[i] ^ ((bits[i] >> 31) & 0x7fffffff);
      smallest = Math.min(smallest, key);
      largest = Math.max(largest, key);
    }
    return ((long) smallest << 32) | (largest & 0xffffffffL);
  }

  /// Writes the bin of each value: `trunc(value * inverseWidth)`, less one for negative values, so
  /// that bin `k` begins at `k` widths and no bin crosses 0.
  ///
  /// @param values finite
  /// @param bits the same as raw bits
  /// @param inverseWidth a power of two that keeps products within int
  static void bins(float[] values, int[] bits, int length, float inverseWidth, int[] bins) {
    for (int i = 0; i < length; i++) {
      bins[i] = (int) (values[i] * inverseWidth) + (bits[i] >> 31);
    }
  }
}
