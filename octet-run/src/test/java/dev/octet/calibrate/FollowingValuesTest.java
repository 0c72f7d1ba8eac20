package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.runtime.Progress;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What follows from other values is what looking at it would have shown.
class FollowingValuesTest {
  private static final GridRule RULE = GridRule.asymmetric(QuantType.UINT8);

  /// A Gelu of five nodes among others.
  private static final Model MODEL =
      OnnxText.parse(
          """
          <ir_version: 8, opset_import: ["" : 17]>
          net (float[N,64] x, float[N,64] other) => (float[N,128] joined, float[N,64] product) <
            float root = {1.4142135}, float one = {1}, float half = {0.5},
            float[2] two = {1, -2}, int64[3] folded = {0, 32, 2}
          > {
            gate = Sigmoid (x)
            swish = Mul (x, gate)
            squashed = Tanh (swish)
            shrunk = Div (x, root)
            error = Erf (shrunk)
            raised = Add (error, one)
            twice = Mul (x, raised)
            gelu = Mul (twice, half)
            joined = Concat <axis = 1> (swish, gelu)
            pairs = Reshape (x, folded)
            scaled = Mul (pairs, two)
            product = Mul (gate, other)
          }
          """);

  @Test
  void looksOnlyAtWhatDoesNotFollow() {
    assertThat(FollowingValues.of(typed(), needs("minmax")).observed().values())
        .containsExactlyInAnyOrder("x", "other", "pairs", "scaled", "product");
  }

  @ParameterizedTest
  @ValueSource(strings = {"minmax", "mse", "percentile:99.9"})
  void findsTheRangesThatLookingWouldHaveFound(String method) {
    CalibrationTable every = table(method, CalibrationOptions.Looking.AT_ALL);
    CalibrationTable fewest = table(method, CalibrationOptions.Looking.ENOUGH);
    assertThat(fewest.entries().keySet()).containsExactlyElementsOf(every.entries().keySet());
    every
        .entries()
        .forEach(
            (name, entry) -> {
              Range wanted = entry.range();
              CalibrationTable.Entry followed =
                  Objects.requireNonNull(fewest.entries().get(name), name);
              Range got = followed.range();
              float close = 0.005f * (wanted.max() - wanted.min());
              assertThat(got.min()).as(name).isCloseTo(wanted.min(), within(close));
              assertThat(got.max()).as(name).isCloseTo(wanted.max(), within(close));
              assertThat(followed.observed().elements())
                  .as(name)
                  .isEqualTo(entry.observed().elements());
            });
  }

  /// What rises all the way has its extremes where its argument has them, to the bit.
  @Test
  void keepsTheExtremesOfRisingFunctionsAndOfPartsExactly() {
    CalibrationTable every = table("minmax", CalibrationOptions.Looking.AT_ALL);
    CalibrationTable fewest = table("minmax", CalibrationOptions.Looking.ENOUGH);
    assertThat(fewest.entries().get("gate")).isEqualTo(every.entries().get("gate"));
    assertThat(fewest.range("shrunk")).isEqualTo(every.range("shrunk"));
  }

  /// Averages depend on the order of samples, so nothing can follow from them.
  @Test
  void looksAtEveryValueForMovingAverages() {
    CalibrationNeeds all = needs("moving-average:0.1");
    assertThat(FollowingValues.of(typed(), all).observed()).isEqualTo(all);
  }

  private static CalibrationTable table(String method, CalibrationOptions.Looking looking) {
    return Calibrator.run(
        typed(),
        "net",
        needs(method),
        samples(),
        CalibrationOptions.builder().looking(looking).build(),
        Progress.NONE);
  }

  private static Model typed() {
    Model model = MODEL.copy();
    model.edit(ShapeInference::infer);
    return model;
  }

  private static CalibrationNeeds needs(String method) {
    CalibrationMethod parsed = CalibrationMethod.parse(method).orElseThrow();
    return new CalibrationNeeds(
        typed().graph().values().stream()
            .filter(value -> !value.isConstant())
            .map(Value::name)
            .map(name -> new CalibrationNeeds.Need(name, parsed, RULE))
            .toList());
  }

  private static SampleSource samples() {
    Random random = new Random(3);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      samples.add(Sample.unlabelled("sample " + i, Map.of("x", row(random), "other", row(random))));
    }
    return SampleSource.of(List.of(), samples);
  }

  private static DenseTensor row(Random random) {
    float[] values = new float[64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian(0.5, 2);
    }
    return DenseTensor.ofFloats(values, 1, values.length);
  }
}
