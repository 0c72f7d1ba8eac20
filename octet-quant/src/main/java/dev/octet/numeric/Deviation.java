package dev.octet.numeric;

/// Population standard deviations as numpy computes them in float32, to the bit: sums are taken in
/// pairs of halves, the smallest of which add eight interleaved partial sums.
final class Deviation {
  private static final int BLOCK = 128;

  private Deviation() {}

  /// The standard deviation of the first `length` values; 0 when there are none.
  static float of(float[] values, int length) {
    if (length == 0) {
      return 0;
    }
    float mean = sum(values, 0, length) / length;
    float[] squares = new float[length];
    for (int i = 0; i < length; i++) {
      float distance = values[i] - mean;
      squares[i] = distance * distance;
    }
    return (float) Math.sqrt(sum(squares, 0, length) / length);
  }

  private static float sum(float[] values, int from, int length) {
    if (length < 8) {
      float sum = -0f;
      for (int i = from; i < from + length; i++) {
        sum += values[i];
      }
      return sum;
    }
    if (length > BLOCK) {
      int half = length / 2;
      half -= half % 8;
      return sum(values, from, half) + sum(values, from + half, length - half);
    }
    float[] part = new float[8];
    System.arraycopy(values, from, part, 0, 8);
    int whole = length - length % 8;
    for (int i = 8; i < whole; i += 8) {
      for (int lane = 0; lane < 8; lane++) {
        part[lane] += values[from + i + lane];
      }
    }
    float sum =
        ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    for (int i = whole; i < length; i++) {
      sum += values[from + i];
    }
    return sum;
  }
}
