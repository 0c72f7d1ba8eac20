package dev.octet.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AffineKernelsTest {
  private static final ScaleChoice UNIT = new ScaleChoice(1f, 0);

  @ParameterizedTest
  @EnumSource(
      names = {"INT32", "FLOAT8E4M3FN"},
      mode = EnumSource.Mode.EXCLUDE)
  void kernelsComputeWhatTheDefinitionSays(QuantType type) {
    for (ScaleChoice grid : KernelInputs.grids(type)) {
      for (int size : KernelInputs.SIZES) {
        float[] values = KernelInputs.values(size + 3, grid.scale(), size);
        int[] codes = new int[size];
        float[] real = new float[size];
        for (int i = 0; i < size; i++) {
          codes[i] = definedCode(values[3 + i], type, grid);
          real[i] = (codes[i] - grid.zeroPoint()) * grid.scale();
        }
        String what = type + " " + grid + " size " + size;
        float[] actual = new float[size + 4];
        if (type.bits() == 16) {
          short[] actualCodes = new short[size + 1];
          AffineKernels.quantize(values, 3, size, type, grid, actualCodes, 1);
          for (int i = 0; i < size; i++) {
            assertThat((short) codes[i]).as(what).isEqualTo(actualCodes[1 + i]);
          }
          AffineKernels.dequantize(actualCodes, 1, size, type, grid, actual, 4);
        } else {
          byte[] actualCodes = new byte[size + 1];
          AffineKernels.quantize(values, 3, size, type, grid, actualCodes, 1);
          for (int i = 0; i < size; i++) {
            assertThat((byte) codes[i]).as(what).isEqualTo(actualCodes[1 + i]);
          }
          AffineKernels.dequantize(actualCodes, 1, size, type, grid, actual, 4);
        }
        assertThat(bits(actual, 4)).as(what).isEqualTo(bits(real, 0));
        AffineKernels.fakeQuantize(values, 3, size, type, grid, actual, 4);
        assertThat(bits(actual, 4)).as(what).isEqualTo(bits(real, 0));
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

  /// The standard's words, one value at a time.
  private static int definedCode(float value, QuantType type, ScaleChoice grid) {
    if (Float.isNaN(value)) {
      return type.qmin();
    }
    double code = Math.rint(value / grid.scale()) + grid.zeroPoint();
    return (int) Math.clamp(code, type.qmin(), type.qmax());
  }

  private static int[] bits(float[] values, int from) {
    int[] bits = new int[values.length - from];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[from + i]);
    }
    return bits;
  }
}
