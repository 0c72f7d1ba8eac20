package dev.octet.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ErrorMetricsTest {

  @Test
  void unsignedWeightsMeasureAsWellAsSignedOnes() {
    // The peer dequantizes in uint8, where 10 - 128 wraps around: it reports below 0 dB here.
    float[] weights = new float[256];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.sin(i);
    }
    assertThat(sqnr(weights, QuantType.UINT8)).isGreaterThan(40);
    assertThat(sqnr(weights, QuantType.INT8)).isGreaterThan(40);
  }

  @Test
  void partsMergeToTheWhole() {
    float[] reference = {1, 2, 3, 4};
    float[] actual = {1, 2.5f, 3, 3};
    ErrorStatistics whole = new ErrorStatistics();
    whole.accept(reference, actual);
    ErrorStatistics parts = new ErrorStatistics();
    parts.accept(new float[] {1, 2}, new float[] {1, 2.5f});
    ErrorStatistics rest = new ErrorStatistics();
    rest.accept(new float[] {3, 4}, new float[] {3, 3});
    parts.merge(rest);
    assertThat(parts.sqnr()).isEqualTo(whole.sqnr());
    assertThat(parts.cosine()).isEqualTo(whole.cosine());
    assertThat(parts.count()).isEqualTo(4);
    assertThat(whole.maxAbsolute()).isEqualTo(1);
    assertThat(whole.maxRelative()).isEqualTo(0.25);
    assertThat(whole.rootMeanSquare()).isCloseTo(Math.sqrt(1.25 / 4), within(1e-12));
  }

  @Test
  void notANumberNeverLooksGood() {
    ErrorStatistics errors = new ErrorStatistics();
    errors.accept(new float[] {1}, new float[] {Float.NaN});
    assertThat(errors.sqnr()).isNaN();
    assertThat(errors.cosine()).isNaN();
    assertThat(errors.maxAbsolute()).isNaN();
    assertThat(AllClose.of(new float[] {Float.NaN}, new float[] {1}, 1, 1).pass()).isFalse();
  }

  @Test
  void equalNotFiniteValuesAreClose() {
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, 1f};
    assertThat(AllClose.of(odd, odd.clone(), 0, 0)).isEqualTo(new AllClose(3, 0, 0, 0));
    float[] other = {Float.NaN, Float.NEGATIVE_INFINITY, 1f};
    assertThat(AllClose.of(odd, other, 1, 1).mismatched()).isEqualTo(1);
  }

  @Test
  void closenessIsRelativeToTheDesiredValue() {
    AllClose result = AllClose.of(new float[] {11, 9, 0.5f}, new float[] {10, 10, 0}, 0.1, 0);
    assertThat(result.mismatched()).isEqualTo(1);
    assertThat(result.maxAbsolute()).isEqualTo(1);
    assertThat(result.maxRelative()).isCloseTo(0.1, within(1e-7));
    assertThat(result.plus(AllClose.NONE)).isEqualTo(result);
    assertThat(result.plus(result).elements()).isEqualTo(6);
  }

  @Test
  void topOneTakesTheFirstOfEquals() {
    TopOne result = TopOne.of(new float[] {1, 1, 0, 0, 2, 1}, new float[] {3, 1, 0, 0, 1, 2}, 3);
    assertThat(result).isEqualTo(new TopOne(2, 1));
    assertThat(result.rate()).isEqualTo(0.5);
  }

  private static double sqnr(float[] weights, QuantType type) {
    long[] shape = {weights.length};
    QuantParams params =
        TensorQuantizer.chooseParams(
            weights, shape, Granularity.perTensor(), GridRule.asymmetric(type));
    byte[] raw = TensorQuantizer.quantize(weights, shape, params);
    ErrorStatistics errors = new ErrorStatistics();
    errors.accept(weights, TensorQuantizer.dequantize(raw, shape, params));
    return errors.sqnr();
  }
}
