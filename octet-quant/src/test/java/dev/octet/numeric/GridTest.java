package dev.octet.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

class GridTest {

  @Property(seed = "20261124")
  void everyValueOfTheRangeIsWithinHalfAStepOfItsCode(
      @ForAll QuantType type,
      @ForAll Symmetry symmetry,
      @ForAll @FloatRange(min = -1e6f, max = 1e6f) float first,
      @ForAll @FloatRange(min = -1e6f, max = 1e6f) float second,
      @ForAll @FloatRange(min = 0, max = 1) float where) {
    if (type == QuantType.INT32
        || type.isFloat()
        || (symmetry == Symmetry.RESTRICTED && type != QuantType.UINT8)) {
      return;
    }
    float low = Math.min(first, second);
    float high = Math.max(first, second);
    ScaleChoice grid = new GridRule(type, symmetry, CodeSpan.FULL, 0).choose(low, high);
    assertThat(grid.zeroPoint()).isBetween(type.qmin(), type.qmax());

    float value = low + where * (high - low);
    float[] real = new float[1];
    AffineKernels.fakeQuantize(new float[] {value}, 0, 1, type, grid, real, 0);
    // Rounding the zero point moves the ends by up to half a step more; symmetric uint8, uint16 and
    // 4-bit codes do not reach as far up as down.
    assertThat(Math.abs(real[0] - value)).isLessThanOrEqualTo(grid.scale() * 1.01f);
  }

  @Property(seed = "20261124")
  void zeroIsAlwaysExact(
      @ForAll @FloatRange(min = -1e6f, max = 1e6f) float low,
      @ForAll @FloatRange(min = 0, max = 1e6f) float width) {
    for (QuantType type : QuantType.values()) {
      if (type != QuantType.INT32) {
        ScaleChoice grid = GridRule.asymmetric(type).choose(low, low + width);
        float[] real = {1f};
        AffineKernels.fakeQuantize(new float[] {0f}, 0, 1, type, grid, real, 0);
        assertThat(real[0]).isEqualTo(0f);
      }
    }
  }

  @Test
  void aWidthBeyondFloat32StillHasAScale() {
    ScaleChoice grid =
        GridRule.asymmetric(QuantType.INT8).choose(-Float.MAX_VALUE, Float.MAX_VALUE);
    assertThat(grid.scale()).isFinite();
    assertThat(grid.zeroPoint()).isIn(-1, 0);
  }

  @Test
  void refusesWhatIsNoRange() {
    GridRule rule = GridRule.symmetric(QuantType.INT8);
    assertThatIllegalArgumentException().isThrownBy(() -> rule.choose(Float.NaN, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> rule.choose(0, Float.POSITIVE_INFINITY));
    assertThatIllegalArgumentException().isThrownBy(() -> rule.choose(2, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GridRule(QuantType.INT8, Symmetry.RESTRICTED, CodeSpan.FULL, 0));
  }

  @Test
  void parametersNameWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantParams.perTensor(QuantType.UINT8, 1f, 256))
        .withMessageContaining("256");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantParams.perTensor(QuantType.UINT8, 0f, 0))
        .withMessageContaining("scale");
    QuantParams channels =
        new QuantParams(
            QuantType.INT8, Granularity.perChannel(0), new float[] {1, 2}, new int[] {0, 0});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorQuantizer.quantize(new float[6], new long[] {3, 2}, channels))
        .withMessageContaining("expected 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorQuantizer.quantize(new float[6], new long[] {2, 2}, channels))
        .withMessageContaining("[2, 2]");
  }

  @Test
  void aTensorThatIsNotFiniteIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                TensorQuantizer.chooseParams(
                    new float[] {1, Float.NaN},
                    new long[] {2},
                    Granularity.perTensor(),
                    GridRule.symmetric(QuantType.INT8)))
        .withMessageContaining("element 1");
  }

  @Test
  void blocksOfHigherRankFollowTheStandardsLayout() {
    // Shape [2, 3, 2], blocks of 2 along axis 1: scales of shape [2, 2, 2].
    float[] data = {1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60};
    QuantParams params =
        TensorQuantizer.chooseParams(
            data,
            new long[] {2, 3, 2},
            Granularity.perBlock(1, 2),
            GridRule.symmetric(QuantType.INT8));
    float step = 1f / 127;
    assertThat(params.scales())
        .containsExactly(
            new float[] {
              2 * step, 20 * step, 3 * step, 30 * step, 5 * step, 50 * step, 6 * step, 60 * step
            },
            org.assertj.core.data.Offset.offset(1e-6f));
  }

  @Test
  void emptyTensorsHaveNoBytes() {
    QuantParams params =
        TensorQuantizer.chooseParams(
            new float[0],
            new long[] {3, 0},
            Granularity.perChannel(0),
            GridRule.symmetric(QuantType.INT8));
    assertThat(params.count()).isEqualTo(3);
    assertThat(TensorQuantizer.quantize(new float[0], new long[] {3, 0}, params)).isEmpty();
  }

  @Test
  void nibblesPackLowFirst() {
    byte[] codes = {1, 2, 3, -8, -1};
    byte[] packed = Nibbles.pack(codes);
    assertThat(packed).containsExactly(0x21, 0x83, 0x0F);
    assertThat(Nibbles.unpack(packed, 5, QuantType.INT4)).isEqualTo(codes);
    assertThat(Nibbles.unpack(packed, 5, QuantType.UINT4)).containsExactly(1, 2, 3, 8, 15);
  }

  @Test
  void biasesThatDoNotFitAreClippedAndCounted() {
    BiasQuantizer.QuantizedBias bias =
        BiasQuantizer.quantize(new float[] {1e6f, -1e6f, 1f}, 1e-3f, new float[] {1e-3f});
    assertThat(bias.codes()).containsExactly(Integer.MAX_VALUE, Integer.MIN_VALUE, 1_000_000);
    assertThat(bias.saturated()).isEqualTo(2);
  }

  @Test
  void onlySymmetricSignedWeightsAreAdjustedForABias() {
    float[] bias = {1e9f};
    QuantParams unsigned = QuantParams.perTensor(QuantType.UINT8, 1e-6f, 128);
    assertThat(BiasQuantizer.weightParamsFor(bias, 1e-3f, unsigned)).isSameAs(unsigned);
    QuantParams signed = QuantParams.perTensor(QuantType.INT8, 1e-6f, 0);
    float grown = BiasQuantizer.weightParamsFor(bias, 1e-3f, signed).scale(0);
    assertThat(BiasQuantizer.quantize(bias, 1e-3f, new float[] {grown}).saturated()).isZero();
  }
}
