package dev.octet.libtorch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.libtorch.TinyNet;
import dev.octet.libtorch.exec.GraphPlan;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.exec.Tensors;
import dev.octet.libtorch.quantize.Ptq;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.runtime.Progress;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final TrainingOptions QUICK =
      TrainingOptions.builder()
          .epochs(12)
          .batchSize(16)
          .learningRate(new LearningRate.OneCycle(0.02, 0.2))
          .build();

  private final ExportedProgram program = TinyNet.program();

  @Test
  void learnsAndKeepsTheBestEpoch() {
    SampleSource validation = TinyNet.waves(20, 2);
    TrainingResult result =
        Trainer.train(program, TinyNet.waves(40, 1), validation, QUICK, TrainingListener.SILENT);
    List<EpochResult> history = result.history();
    assertThat(history).hasSize(12);
    assertThat(history.getLast().loss()).isLessThan(history.getFirst().loss() / 2);
    double best = history.stream().mapToDouble(TrainerTest::accuracy).max().orElse(0);
    assertThat(best).isGreaterThan(0.95);
    assertThat(accuracy(result.kept())).isEqualTo(best);
    assertThat(accuracy(result.program(), validation)).isCloseTo(best, within(1e-9));
  }

  @Test
  void theSameSeedGivesTheSameWeightsAndAnotherSeedOthers() {
    TrainingOptions options =
        QUICK.toBuilder()
            .epochs(2)
            .mixUp(0.3)
            .augmentation(new WaveformAugmentation(5, 3, 0.1))
            .clipNorm(1)
            .build();
    Map<String, TorchTensor> first = state(options);
    Map<String, TorchTensor> second = state(options);
    Map<String, TorchTensor> other = state(options.toBuilder().seed(2).build());
    assertThat(floats(first, "fc.weight")).containsExactly(floats(second, "fc.weight"));
    assertThat(floats(first, "block1.conv.weight"))
        .containsExactly(floats(second, "block1.conv.weight"));
    assertThat(floats(first, "fc.weight")).isNotEqualTo(floats(other, "fc.weight"));
  }

  @Test
  void aProgramThatRoundsItsWeightsToCodesIsRefused() {
    SampleSource samples = TinyNet.waves(4, 3);
    ExportedProgram quantized =
        Ptq.quantize(program, samples, PtqOptions.STANDARD, Progress.NONE).program();
    assertThatThrownBy(
            () -> Trainer.train(quantized, samples, samples, QUICK, TrainingListener.SILENT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("no gradient");
  }

  @Test
  void oneStepEqualsTheFormulaWithLibtorchsOwnGradient() {
    SampleSource samples = TinyNet.waves(4, 3);
    double rate = 1e-3;
    double decay = 0.1;
    TrainingOptions options =
        QUICK.toBuilder()
            .epochs(1)
            .batchSize(100)
            .learningRate(new LearningRate.Constant(rate))
            .weightDecay(decay)
            .labelSmoothing(0)
            .build();
    TrainingResult result =
        Trainer.train(program, samples, samples, options, TrainingListener.SILENT);
    try (PointerScope scope = new PointerScope()) {
      ProgramState state = new ProgramState(program);
      Tensor batch = torch.zeros(12, 1, 64);
      long[] labels = new long[12];
      List<Sample> all = samples.samples().toList();
      for (int i = 0; i < labels.length; i++) {
        batch.select(0, i).copy_(Tensors.copyOf(input(all.get(i))).select(0, 0));
        labels[i] = all.get(i).label().getAsInt();
      }
      GraphPlan plan = GraphPlan.of(TrainingGraph.of(program));
      Tensor rows =
          plan.run(state.arguments(Map.of("x", batch))).getFirst().asTensor().select(1, 0);
      Tensor loss = torch.nll_loss(rows, Tensors.of(labels, 12));
      assertThat(result.history().getFirst().loss())
          .isCloseTo(loss.item().toDouble(), within(1e-5));
      loss.backward();
      // The first step of Adam has mean g and root mean square |g|.
      assertStep(state.parameters().get(0), result, "block1.conv.weight", rate, decay);
      assertStep(state.parameters().getLast(), result, "fc.bias", rate, 0);
    }
    assertThat(tensor(result.program().state(), "block1.bn.num_batches_tracked").longAt(0))
        .isEqualTo(1);
    assertThat(floats(result.program().state(), "block1.bn.running_mean"))
        .isNotEqualTo(floats(program.state(), "block1.bn.running_mean"));
  }

  @Test
  void aTeacherOfFullWeightReplacesTheLabels() {
    SampleSource samples = TinyNet.waves(8, 4);
    ExportedProgram teacher =
        Trainer.train(program, samples, samples, QUICK, TrainingListener.SILENT).program();
    SampleSource mislabelled =
        SampleSource.of(
            samples.labels(),
            samples
                .samples()
                .map(sample -> new Sample(sample.name(), sample.inputs(), OptionalInt.of(0)))
                .toList());
    TrainingPlan plan = TrainingPlan.of(program);
    TrainingPlan taught =
        new TrainingPlan(
            program,
            plan.phases(),
            plan.evaluation(),
            0,
            new Objective.Labels(1),
            Optional.of(teacher));
    TrainingOptions options = QUICK.toBuilder().epochs(20).build();
    TrainingResult result =
        Trainer.train(taught, mislabelled, samples, options, TrainingListener.SILENT);
    assertThat(accuracy(result.program(), samples))
        .isGreaterThan(0.6); // a third without the teacher
  }

  @Test
  void whatCannotBeTrainedOnIsNamed() {
    SampleSource unlabelled =
        SampleSource.of(
            List.of(),
            List.of(
                Sample.unlabelled(
                    "odd.wav", Map.of("x", DenseTensor.ofFloats(new float[64], 1, 1, 64)))));
    assertThatThrownBy(
            () -> Trainer.train(program, unlabelled, unlabelled, QUICK, TrainingListener.SILENT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("odd.wav");
    SampleSource beyond =
        SampleSource.of(
            List.of(),
            List.of(
                new Sample(
                    "nine.wav",
                    Map.of("x", DenseTensor.ofFloats(new float[64], 1, 1, 64)),
                    OptionalInt.of(9))));
    assertThatThrownBy(() -> Trainer.train(program, beyond, beyond, QUICK, TrainingListener.SILENT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("label 9");
  }

  private Map<String, TorchTensor> state(TrainingOptions options) {
    return Trainer.train(
            program, TinyNet.waves(10, 1), TinyNet.waves(3, 2), options, TrainingListener.SILENT)
        .program()
        .state();
  }

  private static void assertStep(
      Tensor parameter, TrainingResult result, String fqn, double rate, double decay) {
    float[] before = Tensors.toFloats(parameter);
    float[] gradient = Tensors.toFloats(parameter.grad());
    float[] after = floats(result.program().state(), fqn);
    for (int i = 0; i < before.length; i++) {
      double g = gradient[i];
      double expected = before[i] * (1 - rate * decay) - rate * g / (Math.abs(g) + 1e-8);
      assertThat((double) after[i]).isCloseTo(expected, within(2e-5));
    }
  }

  private static dev.octet.ir.Tensor input(Sample sample) {
    return sample.inputs().values().iterator().next();
  }

  private static float[] floats(Map<String, TorchTensor> state, String fqn) {
    return tensor(state, fqn).toFloatArray();
  }

  private static DenseTensor tensor(Map<String, TorchTensor> state, String fqn) {
    return Objects.requireNonNull(state.get(fqn), fqn).toDense();
  }

  private static double accuracy(EpochResult epoch) {
    return epoch.validationAccuracy().orElseThrow();
  }

  private static double accuracy(ExportedProgram program, SampleSource source) {
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("tiny", program)) {
      return source
          .samples()
          .mapToInt(
              sample -> {
                DenseTensor output =
                    (DenseTensor) interpreter.run(sample.inputs()).values().iterator().next();
                float[] row = output.toFloatArray();
                float highest = (float) Arrays.stream(boxed(row)).max().orElse(0);
                return row[sample.label().getAsInt()] == highest ? 1 : 0;
              })
          .average()
          .orElse(0);
    }
  }

  private static double[] boxed(float[] row) {
    double[] wide = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      wide[i] = row[i];
    }
    return wide;
  }
}
