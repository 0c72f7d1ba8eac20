package dev.octet.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.runtime.Progress;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where `onnxruntime.quantization` 1.30.0 calibrates something else than it was asked to. Each
/// test is named after the peer's defect.
class PeerCalibrationDefectsTest {
  private static final int SAMPLES = 8;
  private static final int ELEMENTS = 3 * 8 * 8;

  @Test
  void entropyWithItsDefaultsIsMinMax() {
    Range all = range(CalibrationMethod.minMax(), 1);
    Range likeliest = range(CalibrationMethod.entropy(), 1);

    assertThat(likeliest.width()).isLessThan(0.5f * all.width());
  }

  @Test
  void theConstantOfMovingAveragesChangesNothing() {
    Range slow = range(CalibrationMethod.movingAverage(0.01), 1);
    Range quick = range(CalibrationMethod.movingAverage(0.5), 1);

    // The first sample is by far the widest; a quick average has forgotten it.
    assertThat(quick.width()).isLessThan(0.2f * slow.width());
  }

  /// `CalibMaxIntermediateOutputs` throws away what it has seen whenever the limit is reached.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, SAMPLES})
  void batchesAreLost(int batchSize) {
    assertThat(range(CalibrationMethod.minMax(), batchSize)).isEqualTo(extremes());
  }

  private static Range range(CalibrationMethod method, int batchSize) {
    Model model =
        ParityGoldens.load().stream()
            .filter(golden -> golden.name().equals("qdq_conv_u8s8_channel"))
            .findFirst()
            .orElseThrow()
            .model()
            .get();
    CalibrationNeeds needs =
        new CalibrationNeeds(
            List.of(new CalibrationNeeds.Need("x", method, GridRule.asymmetric(QuantType.UINT8))));
    return Calibrator.run(
            model,
            "samples whose first is the widest",
            needs,
            SampleSource.of(List.of(), samples()),
            CalibrationOptions.builder().batchSize(batchSize).workers(1).build(),
            Progress.NONE)
        .range("x")
        .orElseThrow();
  }

  private static Range extremes() {
    float low = 0;
    float high = 0;
    for (Sample sample : samples()) {
      for (float value : ((DenseTensor) sample.input("x")).toFloatArray()) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return new Range(low, high);
  }

  /// Normally distributed, but for a few numbers of the first sample that lie far out.
  private static List<Sample> samples() {
    Random random = new Random(5);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      float[] values = new float[ELEMENTS];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) random.nextGaussian();
      }
      if (i == 0) {
        values[0] = 100;
        values[1] = -100;
      }
      samples.add(
          Sample.unlabelled("sample " + i, Map.of("x", DenseTensor.ofFloats(values, 1, 3, 8, 8))));
    }
    return samples;
  }
}
