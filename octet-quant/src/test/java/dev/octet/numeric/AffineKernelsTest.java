package dev.octet.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AffineKernelsTest {
  private static final ScaleChoice UNIT = new ScaleChoice(1f, 0);

  @ParameterizedTest
  @EnumSource(names = "INT32", mode = EnumSource.Mode.EXCLUDE)
  void fastAndScalarKernelsGiveTheSameBits(QuantType type) {
    assumeTrue(VectorModule.isPresent() && VectorAffine.isUsable());
    AffineProvider fast = new VectorAffine();
    AffineProvider scalar = new ScalarAffine();
    for (ScaleChoice grid : KernelInputs.grids(type)) {
      for (int size : KernelInputs.SIZES) {
        float[] values = KernelInputs.values(size + 3, grid.scale(), size);
        float[] real = new float[size + 5];
        float[] expectedReal = new float[size + 5];
        if (type.bits() == 16) {
          short[] codes = new short[size + 2];
          short[] expected = new short[size + 2];
          fast.quantize(values, 3, size, type, grid, codes, 1);
          scalar.quantize(values, 3, size, type, grid, expected, 1);
          assertThat(codes).as("%s %s %s", type, grid, size).isEqualTo(expected);
          fast.dequantize(codes, 1, size, type, grid, real, 4);
          scalar.dequantize(codes, 1, size, type, grid, expectedReal, 4);
        } else {
          byte[] codes = new byte[size + 2];
          byte[] expected = new byte[size + 2];
          fast.quantize(values, 3, size, type, grid, codes, 1);
          scalar.quantize(values, 3, size, type, grid, expected, 1);
          assertThat(codes).as("%s %s %s", type, grid, size).isEqualTo(expected);
          fast.dequantize(codes, 1, size, type, grid, real, 4);
          scalar.dequantize(codes, 1, size, type, grid, expectedReal, 4);
        }
        assertThat(bits(real)).as("%s %s %s", type, grid, size).isEqualTo(bits(expectedReal));
        float[] fake = new float[size];
        fast.fakeQuantize(values, 3, size, type, grid, fake, 0);
        assertThat(bits(fake)).isEqualTo(bits(Arrays.copyOfRange(expectedReal, 4, 4 + size)));
        scalar.fakeQuantize(values, 3, size, type, grid, fake, 0);
        assertThat(bits(fake)).isEqualTo(bits(Arrays.copyOfRange(expectedReal, 4, 4 + size)));
      }
    }
  }

  @Test
  void roundsTiesToEvenAndSaturates() {
    float[] values = {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 126.5f, 127.5f, 500f, -500f};
    byte[] codes = new byte[values.length];
    AffineKernels.quantize(values, 0, values.length, QuantType.INT8, UNIT, codes, 0);
    assertThat(codes).containsExactly(-2, -2, 0, 0, 2, 2, 126, 127, 127, -128);
  }

  @Test
  void fakeQuantizationWorksInPlace() {
    float[] values = {0.2f, 0.6f, 300f};
    AffineKernels.fakeQuantize(values, 0, 3, QuantType.UINT8, UNIT, values, 0);
    assertThat(values).containsExactly(0f, 1f, 255f);
  }

  @Test
  void dequantizesBiases() {
    float[] real = new float[2];
    AffineKernels.dequantize(new int[] {-3, 1 << 30}, 0, 2, new ScaleChoice(0.25f, 0), real, 0);
    assertThat(real).containsExactly(-0.75f, 0x1p28f);
  }

  @Test
  void refusesSpansOutsideTheArraysAndTypesThatDoNotFit() {
    float[] values = new float[4];
    assertThatThrownBy(
            () -> AffineKernels.quantize(values, 2, 3, QuantType.INT8, UNIT, new byte[9], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(
            () -> AffineKernels.quantize(values, 0, 4, QuantType.INT8, UNIT, new byte[4], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> AffineKernels.quantize(values, 0, 4, QuantType.INT16, UNIT, new byte[4], 0))
        .withMessageContaining("INT16");
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
