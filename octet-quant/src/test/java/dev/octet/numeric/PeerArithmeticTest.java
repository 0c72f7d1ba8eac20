package dev.octet.numeric;

import static dev.octet.numeric.Goldens.real;
import static dev.octet.numeric.Goldens.reals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// Bit for bit what ONNX Runtime's Python quantizer computes.
class PeerArithmeticTest {

  @Test
  void choosesTheSameScalesAndZeroPoints() {
    for (String[] line : Goldens.cases("scales.txt")) {
      GridRule rule =
          new GridRule(
              QuantType.valueOf(line[0]),
              Symmetry.valueOf(line[1]),
              CodeSpan.valueOf(line[2]),
              Double.parseDouble(line[3]));
      ScaleChoice choice = rule.choose(real(line[4]), real(line[5]));
      assertThat(choice)
          .as("%s over %s..%s", rule, real(line[4]), real(line[5]))
          .isEqualTo(new ScaleChoice(real(line[6]), Integer.parseInt(line[7])));
    }
  }

  @Test
  void choosesTheSameScalesForHalfPrecision() {
    int tiny = 0;
    for (String[] line : Goldens.cases("half_scales.txt")) {
      GridRule rule =
          new GridRule(
                  QuantType.valueOf(line[0]),
                  Symmetry.valueOf(line[1]),
                  CodeSpan.valueOf(line[2]),
                  Double.parseDouble(line[3]))
              .withReal(RealType.FLOAT16, TinyScales.FLUSHED);
      float low = real(line[4]);
      float high = real(line[5]);
      ScaleChoice theirs = new ScaleChoice(real(line[6]), Integer.parseInt(line[7]));
      assertThat(rule.choose(low, high)).as("%s over %s..%s", rule, low, high).isEqualTo(theirs);

      ScaleChoice kept = rule.withReal(RealType.FLOAT16, TinyScales.KEPT).choose(low, high);
      if (theirs.scale() != 1f || (low == 0 && high == 0 && rule.minRealRange() == 0)) {
        assertThat(kept).isEqualTo(theirs);
      } else {
        tiny++;
        float[] real = {Math.min(low, 0), Math.max(high, 0)};
        float[] read = new float[2];
        AffineKernels.fakeQuantize(real, 0, 2, rule.type(), kept, read, 0);
        for (int i = 0; i < 2; i++) {
          assertThat(read[i]).isCloseTo(real[i], within(kept.scale() * 1.01f));
        }
      }
    }
    assertThat(tiny).as("scales the peer turns into 1").isGreaterThan(20);
  }

  @Test
  void quantizesToTheSameFloat8Codes() {
    for (String[] line : Goldens.cases("float8.txt")) {
      long[] shape = Goldens.shape(line[0]);
      float[] data = reals(line[2]);
      String what = line[0] + " " + line[1];
      QuantParams params =
          TensorQuantizer.chooseParams(
              data,
              shape,
              Goldens.granularity(line[1]),
              GridRule.symmetric(QuantType.FLOAT8E4M3FN));
      assertThat(params.scales()).as(what).isEqualTo(reals(line[3]));
      byte[] raw = TensorQuantizer.quantize(data, shape, params);
      assertThat(raw).as(what).isEqualTo(Goldens.bytes(line[4]));
      assertThat(TensorQuantizer.dequantize(raw, shape, params)).as(what).isEqualTo(reals(line[5]));
    }
  }

  @Test
  void quantizesWholeTensorsToTheSameBytes() {
    for (String[] line : Goldens.cases("tensors.txt")) {
      QuantType type = QuantType.valueOf(line[0]);
      GridRule rule = new GridRule(type, Symmetry.valueOf(line[1]), CodeSpan.valueOf(line[2]), 0);
      Granularity granularity = Goldens.granularity(line[3]);
      long[] shape = Goldens.shape(line[4]);
      float[] data = reals(line[5]);
      QuantParams expected =
          new QuantParams(type, granularity, reals(line[6]), Goldens.ints(line[7]));

      String what = String.join(" ", line).substring(0, 40);
      QuantParams params = TensorQuantizer.chooseParams(data, shape, granularity, rule);
      assertThat(params.scales()).as(what).isEqualTo(expected.scales());
      assertThat(params.zeroPoints()).as(what).isEqualTo(expected.zeroPoints());
      byte[] raw = TensorQuantizer.quantize(data, shape, params);
      assertThat(raw).as(what).isEqualTo(Goldens.bytes(line[8]));
      float[] back = TensorQuantizer.dequantize(raw, shape, params);
      assertThat(TensorQuantizer.quantize(back, shape, params)).as(what).isEqualTo(raw);
    }
  }

  @Test
  void adjustsWeightScalesAndQuantizesBiasesAlike() {
    int adjusted = 0;
    for (String[] line : Goldens.cases("biases.txt")) {
      float[] bias = reals(line[1]);
      float inputScale = real(line[2]);
      float[] scales = reals(line[3]);
      QuantParams weight =
          new QuantParams(
              QuantType.INT8, Goldens.granularity(line[0]), scales, new int[scales.length]);

      QuantParams fitting = BiasQuantizer.weightParamsFor(bias, inputScale, weight);
      assertThat(fitting.scales()).isEqualTo(reals(line[4]));
      adjusted += fitting.equals(weight) ? 0 : 1;

      BiasQuantizer.QuantizedBias quantized =
          BiasQuantizer.quantize(bias, inputScale, fitting.scales());
      assertThat(quantized.codes()).isEqualTo(Goldens.ints(line[5]));
      assertThat(quantized.scales()).isEqualTo(reals(line[6]));
      assertThat(quantized.saturated()).isZero();
    }
    assertThat(adjusted).as("cases in which the scale had to grow").isGreaterThan(5);
  }

  @Test
  void measuresErrorsAlike() {
    for (String[] line : Goldens.cases("metrics.txt")) {
      float[] actual = reals(line[0]);
      float[] desired = reals(line[1]);
      AllClose close =
          AllClose.of(actual, desired, Double.parseDouble(line[2]), Double.parseDouble(line[3]));
      assertThat(close)
          .isEqualTo(
              new AllClose(desired.length, Long.parseLong(line[4]), real(line[5]), real(line[6])));
      ErrorStatistics errors = new ErrorStatistics();
      errors.accept(desired, actual);
      // The peer sums float32 squares in float32, we in float64.
      assertThat(errors.sqnr()).isCloseTo(Double.parseDouble(line[7]), within(1e-4));
      assertThat(errors.cosine()).isCloseTo(Double.parseDouble(line[8]), within(1e-12));
    }
  }
}
