package dev.octet.stats;

import dev.octet.numeric.VectorModule;

/// The two inner loops of every collector, with and without the Vector API.
///
/// Floats are compared by an integer *key* that orders them as numbers do, with NaN beyond the
/// infinities on either side: one pass gives the extremes and tells whether all values are finite.
interface FloatScan {
  FloatScan INSTANCE =
      VectorModule.isPresent() && VectorFloatScan.isUsable()
          ? new VectorFloatScan()
          : new ScalarFloatScan();

  /// Key of negative infinity; smaller ones are NaN.
  int LOWEST = key(Float.floatToRawIntBits(Float.NEGATIVE_INFINITY));

  /// Key of positive infinity; larger ones are NaN.
  int HIGHEST = key(Float.floatToRawIntBits(Float.POSITIVE_INFINITY));

  /// Smallest key in the upper, largest in the lower 32 bits; at least one value.
  long extremes(float[] values, int from, int length);

  /// Writes the bin of each value: `trunc(value * inverseWidth)`, less one for negative values, so
  /// that bin `k` begins at `k` widths and no bin crosses 0.
  ///
  /// @param inverseWidth a power of two; products are finite and within int
  void bins(float[] values, int from, int length, float inverseWidth, int[] bins);

  /// Turns float bits into a key, and a key back into float bits.
  static int key(int bits) {
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }

  static long pack(int smallest, int largest) {
    return ((long) smallest << 32) | (largest & 0xffffffffL);
  }
}
