package dev.octet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Progress;
import dev.octet.runtime.TensorSpec;
import dev.octet.runtime.TinyModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final EvaluationOptions QUICK =
      EvaluationOptions.DEFAULT.withTiming(new EvaluationOptions.Timing.Interleaved(0.001, 2));

  @Test
  void scoresModelsAgainstTheFirst() {
    // The first model answers c, c, a; the second b, b, a.
    List<Sample> samples = List.of(sample(1, 0, 2), sample(2, 0, 1), sample(0, 1, 0));
    try (InferenceSession first = TinyModels.open(TinyModels.classifier(1, 2, 3, 9, 5, 6));
        InferenceSession second = TinyModels.open(TinyModels.classifier(1, 4, 3, 9, 5, 6))) {
      List<Long> heard = new ArrayList<>();
      Scores scores =
          Evaluator.evaluate(
              List.of(new Candidate("fp32", 100, first), new Candidate("int8", 40, second)),
              SampleSource.of(NAMES, samples),
              QUICK,
              (done, total) -> heard.add(done * 10 + total));
      assertThat(heard).containsExactly(33L);
      ModelScore one = scores.rows().get(0);
      ModelScore two = scores.rows().get(1);
      assertThat(one.accuracy()).hasValueCloseTo(2 / 3.0, within(1e-12));
      assertThat(one.agreement()).isEqualTo(1);
      assertThat(one.change()).contains(new AccuracyChange(0, 0, 0, 0, 0, 1));
      assertThat(two.model()).isEqualTo("int8");
      assertThat(two.sizeBytes()).isEqualTo(40);
      assertThat(two.samples()).isEqualTo(3);
      assertThat(two.accuracy()).hasValueCloseTo(2 / 3.0, within(1e-12));
      assertThat(two.agreement()).isCloseTo(1 / 3.0, within(1e-12));
      assertThat(two.change()).hasValueSatisfying(change -> assertThat(change.lost()).isOne());
      assertThat(two.latency())
          .hasValueSatisfying(
              latency -> {
                assertThat(latency.batch1()).isPositive();
                assertThat(latency.batch32()).isPositive();
              });
    }
  }

  @Test
  void leavesOutWhatCannotBeTold() {
    List<Sample> samples = List.of(Sample.unlabelled("s", sample(1, 0, 0).inputs()));
    try (InferenceSession session = TinyModels.open(TinyModels.classifier(1, 2, 3, 9, 5, 6))) {
      Scores scores =
          Evaluator.evaluate(
              List.of(new Candidate("untimed", 1, new Untimed(session))),
              SampleSource.of(List.of(), samples),
              QUICK,
              Progress.NONE);
      assertThat(scores.rows().getFirst().accuracy()).isEmpty();
      assertThat(scores.rows().getFirst().change()).isEmpty();
      assertThat(scores.rows().getFirst().latency()).isEmpty();
    }
  }

  @Test
  void refusesOtherClassesThanTheModels() {
    try (InferenceSession session = TinyModels.open(TinyModels.classifier(1, 2, 3, 9, 5, 6))) {
      assertThatThrownBy(
              () ->
                  Evaluator.evaluate(
                      List.of(new Candidate("m5.onnx", 1, session)),
                      SampleSource.of(List.of("a", "b"), List.of(sample(1, 0, 0))),
                      QUICK,
                      Progress.NONE))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("m5.onnx: chooses among 3 classes, and the data has 2");
    }
  }

  private static Sample sample(float x0, float x1, int label) {
    return new Sample(
        "s", Map.of("x", DenseTensor.ofFloats(new float[] {x0, x1}, 1, 2)), OptionalInt.of(label));
  }

  /// A runner whose speed means nothing.
  private record Untimed(ModelRunner inner) implements ModelRunner {
    @Override
    public String description() {
      return inner.description();
    }

    @Override
    public List<TensorSpec> inputs() {
      return inner.inputs();
    }

    @Override
    public List<TensorSpec> outputs() {
      return inner.outputs();
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
      return inner.run(inputs);
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> observe) {
      return inner.run(inputs, observe);
    }

    @Override
    public void close() {}
  }
}
