package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TinyModels;
import dev.octet.stats.Range;
import dev.octet.testkit.SharedData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalibratorTest {
  private static final GridRule RULE = GridRule.asymmetric(QuantType.INT8);
  private static final Model TINY = TinyModels.classifier(1, -2, 3, 4, 5, 6);

  @Test
  void findsTheExtremesOfInputsInnerValuesAndOutputs() {
    SampleSource samples = source(new float[] {1, -3}, new float[] {2, 1}, new float[] {0.5f, 7});
    CalibrationTable table =
        run(TINY, samples, CalibrationMethod.minMax(), "x", "hidden", "scores");
    assertThat(table.entries().keySet()).containsExactly("x", "hidden", "scores");
    assertThat(table.range("x")).contains(new Range(-3, 7));
    assertThat(table.range("hidden")).contains(new Range(0, 7));
    // Rows: (1,-2,3), (6,1,12), (28.5,34,43.5).
    assertThat(table.range("scores")).contains(new Range(-2, 43.5f));
    assertThat(table.entries().get("scores"))
        .isEqualTo(
            new CalibrationTable.Entry(
                new Range(-2, 43.5f),
                CalibrationMethod.minMax(),
                new CalibrationTable.Observation(
                    3,
                    9,
                    new Range(-2, 43.5f),
                    Optional.of(
                        new CalibrationTable.Provenance(
                            new CalibrationTable.Witness(0, "sample 0"),
                            new CalibrationTable.Witness(2, "sample 2"))),
                    Optional.empty())));
    assertThat(table.lines().get(3))
        .matches("scores +-2.0000 … 43.500 +minmax +-2.0000 … 43.500 +sample 0 +sample 2 .*0 %");
  }

  @ParameterizedTest
  @ValueSource(strings = {"minmax", "percentile:99", "mse", "entropy", "moving-average:0.1"})
  void givesTheSameRangesWhateverTheBatchesAndWorkers(String method) {
    SampleSource samples = randomSource(75, 1);
    CalibrationNeeds needs =
        needs(CalibrationMethod.parse(method).orElseThrow(), Set.of("hidden", "scores"));
    CalibrationTable one =
        run(needs, samples, CalibrationOptions.builder().batchSize(1).workers(1).build());
    assertThat(run(needs, samples, CalibrationOptions.builder().batchSize(32).workers(3).build()))
        .isEqualTo(one);
    assertThat(run(needs, samples, CalibrationOptions.builder().batchSize(7).workers(2).build()))
        .isEqualTo(one);
  }

  @ParameterizedTest
  @CsvSource({"cifar_imageclassifier.onnx", "mnist8.onnx", "go1_policy.onnx"})
  void agreesWithRunningEverySampleAndLooking(String name) {
    Path file = SharedData.model(name);
    Model model = ModelReader.read(file);
    Set<String> values = new LinkedHashSet<>();
    model.graph().nodes().stream()
        .flatMap(node -> node.outputs().stream())
        .filter(value -> value != null && !isConstantNode(value))
        .forEach(value -> values.add(value.name()));
    try (InferenceSession session = InferenceSession.open(file, SessionOptions.UNCHANGED)) {
      SampleSource samples = randomSource(session, 5);
      Map<String, Range> expected = new java.util.HashMap<>();
      try (Stream<Sample> stream = samples.samples()) {
        stream.forEach(
            sample ->
                session
                    .run(sample.inputs(), values)
                    .forEach(
                        (value, tensor) -> expected.merge(value, range(tensor), Range::union)));
      }
      CalibrationTable table =
          Calibrator.run(
              model,
              name,
              needs(CalibrationMethod.minMax(), values),
              samples,
              CalibrationOptions.builder().batchSize(1).workers(2).build(),
              Progress.NONE);
      assertThat(table.entries()).hasSize(values.size());
      table
          .entries()
          .forEach(
              (value, entry) ->
                  assertThat(entry.observed().extremes()).as(value).isEqualTo(expected.get(value)));
    }
  }

  @Test
  void refusesNumbersThatAreNotFinite() {
    SampleSource samples =
        source(new float[] {1, 2}, new float[] {1, Float.POSITIVE_INFINITY}, new float[] {1, 2});
    assertThatThrownBy(() -> run(TINY, samples, CalibrationMethod.minMax(), "hidden"))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining(
            "tiny, value 'hidden': holds 1 NaN or infinite numbers of 2 for sample 1, sample 1");
  }

  @Test
  void tellsProgressAndNamesUnknownValues() {
    AtomicLong last = new AtomicLong();
    Calibrator.run(
        TINY,
        "tiny",
        needs(CalibrationMethod.minMax(), Set.of("hidden")),
        randomSource(75, 2),
        CalibrationOptions.DEFAULT,
        (done, total) -> {
          assertThat(done).isGreaterThan(last.getAndSet(done)).isLessThanOrEqualTo(total);
          assertThat(total).isEqualTo(75);
        });
    assertThat(last).hasValue(75);
    assertThatThrownBy(() -> run(TINY, randomSource(1, 1), CalibrationMethod.minMax(), "nope"))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("tiny: has no value 'nope'");
  }

  private static boolean isConstantNode(Value value) {
    return value.producer().filter(node -> node.is("Constant")).isPresent();
  }

  private static Range range(Tensor tensor) {
    float[] values = ((DenseTensor) tensor).toFloatArray();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return new Range(min, max);
  }

  private static CalibrationTable run(
      Model model, SampleSource samples, CalibrationMethod method, String... values) {
    return Calibrator.run(
        model,
        "tiny",
        needs(method, new LinkedHashSet<>(List.of(values))),
        samples,
        CalibrationOptions.DEFAULT,
        Progress.NONE);
  }

  private static CalibrationTable run(
      CalibrationNeeds needs, SampleSource samples, CalibrationOptions options) {
    return Calibrator.run(TINY, "tiny", needs, samples, options, Progress.NONE);
  }

  private static CalibrationNeeds needs(CalibrationMethod method, Set<String> values) {
    return new CalibrationNeeds(
        values.stream().map(value -> new CalibrationNeeds.Need(value, method, RULE)).toList());
  }

  private static SampleSource source(float[]... rows) {
    List<Sample> samples = new ArrayList<>();
    for (float[] row : rows) {
      samples.add(
          Sample.unlabelled(
              "sample " + samples.size(), Map.of("x", DenseTensor.ofFloats(row, 1, 2))));
    }
    return SampleSource.of(List.of(), samples);
  }

  private static SampleSource randomSource(int count, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[count][2];
    for (float[] row : rows) {
      row[0] = (float) random.nextGaussian();
      row[1] = (float) random.nextGaussian();
    }
    return source(rows);
  }

  private static SampleSource randomSource(InferenceSession session, int count) {
    Random random = new Random(5);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, Tensor> inputs = new java.util.HashMap<>();
      session
          .inputs()
          .forEach(
              input -> {
                long[] dims =
                    input.shape().dims().stream()
                        .mapToLong(
                            dim -> dim instanceof dev.octet.ir.Dim.Known(long size) ? size : 1)
                        .toArray();
                float[] values =
                    new float[(int) java.util.Arrays.stream(dims).reduce(1, Math::multiplyExact)];
                for (int k = 0; k < values.length; k++) {
                  values[k] = (float) random.nextGaussian();
                }
                inputs.put(input.name(), DenseTensor.ofFloats(values, dims));
              });
      samples.add(Sample.unlabelled("random " + i, inputs));
    }
    return SampleSource.of(List.of(), samples);
  }
}
