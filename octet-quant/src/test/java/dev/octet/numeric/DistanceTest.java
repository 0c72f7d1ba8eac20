package dev.octet.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// Distances counted in representable numbers and in steps of a grid.
class DistanceTest {

  @Property(tries = 500, seed = "20261124")
  void neighbouringFloatsAreOneApart(@ForAll float value) {
    if (Float.isNaN(value) || value == Float.POSITIVE_INFINITY) {
      return;
    }
    assertThat(ulps(FloatFormat.FLOAT, Math.nextUp(value), value)).isEqualTo(1);
  }

  @Property(tries = 500, seed = "20261124")
  void neighbouringDoublesAreOneApart(@ForAll double value) {
    if (Double.isNaN(value) || value == Double.POSITIVE_INFINITY) {
      return;
    }
    assertThat(ulps(FloatFormat.DOUBLE, Math.nextUp(value), value)).isEqualTo(1);
  }

  @Test
  void distancesAddUpAcrossZero() {
    assertThat(ulps(FloatFormat.FLOAT, 0.0, -0.0)).isZero();
    assertThat(ulps(FloatFormat.FLOAT, Float.MIN_VALUE, -Float.MIN_VALUE)).isEqualTo(2);
    assertThat(ulps(FloatFormat.FLOAT, Float.MAX_VALUE, Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(ulps(FloatFormat.DOUBLE, Double.MAX_VALUE, -Double.MAX_VALUE))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shortFormatsHaveFewNumbers() {
    // float16 keeps 10 bits after the first, bfloat16 keeps 7.
    assertThat(ulps(FloatFormat.FLOAT16, 1 + 0x1p-10, 1)).isEqualTo(1);
    assertThat(ulps(FloatFormat.BFLOAT16, 1 + 0x1p-7, 1)).isEqualTo(1);
    assertThat(ulps(FloatFormat.BFLOAT16, 2, 1)).isEqualTo(128);
    assertThat(ulps(FloatFormat.FLOAT16, 2, -2)).isEqualTo(2 * ulps(FloatFormat.FLOAT16, 2, 0));
  }

  @Test
  void pairsNearZeroAndNansAreCountedApart() {
    UlpDistance distance =
        UlpDistance.of(
            new double[] {1e-6, Double.NaN, 1, 2},
            new double[] {-1e-6, 1, 1, Math.nextUp(2f)},
            FloatFormat.FLOAT,
            1e-5);
    assertThat(distance).isEqualTo(new UlpDistance(2, 1, 1, 1, 1));
    assertThat(distance.plus(distance).mean()).isEqualTo(0.5);
  }

  @Test
  void stepsSayWhatComesFromTies() {
    GridSteps ties =
        GridSteps.of(new long[] {3, 4, 5}, new long[] {2, 4, 5}, new double[] {2.50001, 4.1, 5});
    assertThat(ties).isEqualTo(new GridSteps(3, 1, 1, 0, 1));
    assertThat(ties).hasToString("33 % off by one step, all at rounding ties");
    GridSteps more =
        GridSteps.of(new long[] {3, 9}, new long[] {2, 4}, new double[] {2.3, 4}).plus(ties);
    assertThat(more).isEqualTo(new GridSteps(5, 2, 1, 1, 5));
    assertThat(more)
        .hasToString("40 % off by one step, 1 of 2 at rounding ties; 20 % by up to 5 steps");
    assertThat(GridSteps.of(new long[] {1}, new long[] {1}, new double[] {1.5}))
        .hasToString("same codes");
  }

  private static long ulps(FloatFormat format, double actual, double desired) {
    return UlpDistance.of(new double[] {actual}, new double[] {desired}, format, 0).max();
  }
}
