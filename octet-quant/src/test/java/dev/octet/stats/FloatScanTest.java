package dev.octet.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FloatScanTest {

  @Test
  void keysOrderFloatsAsNumbers() {
    float[] ordered = {
      Float.NEGATIVE_INFINITY,
      -Float.MAX_VALUE,
      -1f,
      -Float.MIN_VALUE,
      -0f,
      0f,
      Float.MIN_VALUE,
      2f,
      Float.MAX_VALUE,
      Float.POSITIVE_INFINITY
    };
    for (int i = 1; i < ordered.length; i++) {
      assertThat(key(ordered[i])).isGreaterThan(key(ordered[i - 1]));
      assertThat(Float.intBitsToFloat(FloatScan.key(key(ordered[i])))).isEqualTo(ordered[i]);
    }
    assertThat(key(Float.NaN)).isGreaterThan(FloatScan.HIGHEST);
    assertThat(key(Float.intBitsToFloat(0xFFC00000))).isLessThan(FloatScan.LOWEST);
  }

  @Test
  void noBinCrossesZero() {
    float[] values = {0f, 0.49f, 0.5f, -0.01f, -0.49f, -0.51f, 1e-40f, -1e-40f};
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    int[] bins = new int[values.length];
    FloatScan.bins(values, bits, values.length, 2f, bins);
    assertThat(bins).containsExactly(0, 0, 1, -1, -1, -2, 0, -1);
  }

  private static int key(float value) {
    return FloatScan.key(Float.floatToRawIntBits(value));
  }
}
