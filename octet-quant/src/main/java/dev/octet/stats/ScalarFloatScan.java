package dev.octet.stats;

/// The reference: one element at a time.
final class ScalarFloatScan implements FloatScan {

  @Override
  public long extremes(float[] values, int from, int length) {
    int smallest = Integer.MAX_VALUE;
    int largest = Integer.MIN_VALUE;
    for (int i = from; i < from + length; i++) {
      int key = FloatScan.key(Float.floatToRawIntBits(values[i]));
      smallest = Math.min(smallest, key);
      largest = Math.max(largest, key);
    }
    return FloatScan.pack(smallest, largest);
  }

  @Override
  public void bins(float[] values, int from, int length, float inverseWidth, int[] bins) {
    for (int i = 0; i < length; i++) {
      float value = values[from + i];
      bins[i] = (int) (value * inverseWidth) + (Float.floatToRawIntBits(value) >> 31);
    }
  }
}
