package dev.octet.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.octet.numeric.VectorModule;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FloatScanTest {
  private static final int[] SIZES = {1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 207, 1023, 2048};

  @Test
  void fastAndScalarScansAgree() {
    assumeTrue(VectorModule.isPresent() && VectorFloatScan.isUsable());
    FloatScan fast = new VectorFloatScan();
    FloatScan scalar = new ScalarFloatScan();
    Random random = new Random(5);
    for (int size : SIZES) {
      for (int round = 0; round < 20; round++) {
        float[] values = new float[size + 3];
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextInt(5) == 0 ? -0f : (float) random.nextGaussian() * 100;
        }
        assertThat(fast.extremes(values, 3, size)).isEqualTo(scalar.extremes(values, 3, size));
        int[] bins = new int[size];
        int[] expected = new int[size];
        fast.bins(values, 3, size, 8f, bins);
        scalar.bins(values, 3, size, 8f, expected);
        assertThat(bins).isEqualTo(expected);
        values[3 + random.nextInt(size)] = round % 2 == 0 ? Float.NaN : -Float.NaN;
        assertThat(fast.extremes(values, 3, size)).isEqualTo(scalar.extremes(values, 3, size));
      }
    }
  }

  @Test
  void keysOrderFloatsAsNumbers() {
    float[] ordered = {
      Float.NEGATIVE_INFINITY,
      -1e30f,
      -1f,
      -Float.MIN_VALUE,
      0f,
      Float.MIN_VALUE,
      2f,
      Float.POSITIVE_INFINITY
    };
    for (int i = 1; i < ordered.length; i++) {
      assertThat(key(ordered[i])).isGreaterThan(key(ordered[i - 1]));
      assertThat(Float.intBitsToFloat(FloatScan.key(key(ordered[i])))).isEqualTo(ordered[i]);
    }
    assertThat(key(Float.NaN)).isGreaterThan(FloatScan.HIGHEST);
    assertThat(key(Float.intBitsToFloat(0xFFC00000))).isLessThan(FloatScan.LOWEST);
  }

  private static int key(float value) {
    return FloatScan.key(Float.floatToRawIntBits(value));
  }
}
