package dev.octet.libtorch.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.libtorch.TinyNet;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.train.LearningRate;
import dev.octet.libtorch.train.Objective;
import dev.octet.libtorch.train.Trainer;
import dev.octet.libtorch.train.TrainingGraph;
import dev.octet.libtorch.train.TrainingListener;
import dev.octet.libtorch.train.TrainingOptions;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;
import dev.octet.runtime.Progress;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.archive.Pt2Writer;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizationTest {
  private static final SampleSource TRAINING = TinyNet.waves(40, 1);
  private static final SampleSource VALIDATION = TinyNet.waves(30, 2);
  private static final TrainingOptions QUICK =
      TrainingOptions.builder()
          .epochs(10)
          .batchSize(16)
          .learningRate(new LearningRate.OneCycle(0.02, 0.2))
          .build();

  private static ExportedProgram trained = TinyNet.program();

  @BeforeAll
  static void train() {
    trained =
        Trainer.train(trained, TRAINING, VALIDATION, QUICK, TrainingListener.SILENT).program();
  }

  @Test
  void foldingAndEqualizingChangeNothingThatIsComputed() {
    ExportedProgram folded = ConvBatchNorm.fold(trained);
    assertThat(opNames(folded)).doesNotContain("batch_norm");
    assertThat(folded.state()).doesNotContainKey("block1.bn.running_mean");
    assertClose(outputs(folded), outputs(trained), 1e-4);
    ExportedProgram equalized = ChannelEqualization.apply(trained, TRAINING, 1);
    assertThat(floats(equalized, "block2.conv.weight"))
        .isNotEqualTo(floats(trained, "block2.conv.weight"));
    assertClose(outputs(equalized), outputs(trained), 1e-4);
  }

  @Test
  void channelsAreEqualizedWhereThatComesNearer() {
    ExportedProgram loud = withALoudChannel(1 / 64f);
    PtqOptions bytes = PtqOptions.STANDARD;
    assertThat(error(loud, bytes.withEqualization(0.75)))
        .isLessThan(error(loud, bytes.withEqualization(0)));
    assertThat(error(loud, bytes)).isEqualTo(error(loud, bytes.withEqualization(0.75)));

    // 16 bits serve quiet channels too, and the weights that read them would get the whole spread.
    ExportedProgram spread = withALoudChannel(4);
    PtqOptions words =
        bytes.withScheme(
            bytes.scheme().withDefaults(Policy.builder().activationType(QuantType.UINT16).build()));
    assertThat(error(spread, words.withEqualization(0)))
        .isLessThan(error(spread, words.withEqualization(0.75)));
    assertThat(error(spread, words)).isEqualTo(error(spread, words.withEqualization(0)));
  }

  /// The first channel between the blocks 64 times as large.
  ///
  /// @param read factor of the weights that read it
  private static ExportedProgram withALoudChannel(float read) {
    Map<String, TorchTensor> state = new LinkedHashMap<>(trained.state());
    scale(state, "block1.bn.weight", 64, 0, 1);
    scale(state, "block1.bn.bias", 64, 0, 1);
    for (int out = 0; out < 8; out++) {
      scale(state, "block2.conv.weight", read, out * 6 * 3, out * 6 * 3 + 3);
    }
    return trained.withState(state);
  }

  private static void scale(
      Map<String, TorchTensor> state, String fqn, float factor, int from, int to) {
    TorchTensor tensor = Objects.requireNonNull(state.get(fqn));
    float[] values = tensor.toDense().toFloatArray();
    for (int i = from; i < to; i++) {
      values[i] *= factor;
    }
    long[] sizes = tensor.sizes().stream().mapToLong(Long::longValue).toArray();
    state.put(fqn, TorchTensor.of(DenseTensor.ofFloats(values, sizes)));
  }

  /// Power of what quantizing adds to the outputs over the samples that decide.
  private static double error(ExportedProgram program, PtqOptions options) {
    SampleSource deciding = TRAINING.balancedSample(64, 0);
    float[][] found =
        outputs(Ptq.quantize(program, deciding, options, Progress.NONE).program(), deciding);
    float[][] wanted = outputs(program, deciding);
    double sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      for (int j = 0; j < wanted[i].length; j++) {
        sum += Math.pow(found[i][j] - wanted[i][j], 2);
      }
    }
    return sum;
  }

  @Test
  void gridsAreWhereTheyPay() {
    QuantizationPoints points = points(PtqOptions.STANDARD);
    assertThat(points.constants().stream().map(QuantizationPoints.Constant::call))
        .containsExactly("block1_conv1d", "block2_conv1d", "linear");
    assertThat(points.groups().stream().map(QuantizationTest::values))
        .containsExactly(
            List.of("x"),
            List.of("block1_relu", "block1_max_pool1d"),
            List.of("block2_relu", "block2_max_pool1d"),
            List.of("avg_pool1d", "permute"));
  }

  @Test
  void aConvertedProgramIsSmallAndNearlyAsGood(@TempDir Path folder) {
    QuantizedProgram quantized = quantize(PtqOptions.STANDARD);
    ExportedProgram program = quantized.program();
    assertThat(tensor(program, "block1.conv.weight").dataType()).isEqualTo(DataType.INT8);
    assertThat(tensor(program, "block1.conv.bias").dataType()).isEqualTo(DataType.INT32);
    QuantParams relu = Objects.requireNonNull(quantized.activations().get("block1_relu"));
    assertThat(relu.zeroPoint(0)).isZero();
    assertThat(relu.type()).isEqualTo(QuantType.UINT8);
    assertThat(agreement(program, trained)).isGreaterThan(0.95);
    Path file = folder.resolve("quantized.pt2");
    Pt2Writer.write(program, file);
    assertClose(outputs(Pt2Reader.read(file)), outputs(program), 0);
  }

  @Test
  void aBiasHasTheScaleOfTheProductsItIsAddedTo() {
    QuantizedProgram quantized = quantize(PtqOptions.STANDARD);
    float input = Objects.requireNonNull(quantized.activations().get("x")).scale(0);
    QuantParams weight = Objects.requireNonNull(quantized.weights().get("block1.conv.weight"));
    float[] bias = floats(quantized.program(), "block1.conv.bias_scale");
    for (int channel = 0; channel < bias.length; channel++) {
      assertThat(bias[channel]).isEqualTo(input * weight.scale(channel));
    }
  }

  @Test
  void otherGranularityAndMethodsConvertToo() {
    Policy policy =
        Policy.STANDARD.toBuilder()
            .granularity(dev.octet.plan.WeightGranularity.PER_TENSOR)
            .calibration(CalibrationMethod.percentile(99.9))
            .build();
    QuantizedProgram quantized =
        quantize(
            PtqOptions.STANDARD
                .withScheme(QuantizationScheme.builder().defaults(policy).build())
                .withEqualization(0));
    assertThat(quantized.program().state()).doesNotContainKey("block1.conv.weight_scale");
    assertThat(agreement(quantized.program(), trained)).isGreaterThan(0.9);
  }

  @Test
  void theFrozenTrainingGraphComputesWhatTheConvertedProgramComputes() {
    QuantizationPoints points = points(PtqOptions.STANDARD);
    FakeQuantization fake = new FakeQuantization(trained, points);
    Rounding rounding = new ObservedSteps(ConvBatchNorm.fold(trained), false);
    ExportedProgram simulated = fake.rewrite(rounding);
    Converter.Grids grids = fake.grids(simulated, rounding);
    assertThat(grids).isEqualTo(new Converter.Grids(Ptq.grids(points), Map.of()));
    ExportedProgram folded = ConvBatchNorm.fold(fake.restored(simulated));
    ExportedProgram converted = Converter.convert(folded, points, grids).program();
    // A number that lies between two codes may fall either way: a step here and there.
    assertClose(outputs(simulated), outputs(converted), 0.15);
    assertThat(meanDifference(simulated, converted)).isLessThan(0.003);
  }

  @Test
  void trainingThroughFakeQuantizationHoldsTheAccuracy() {
    QatOptions options =
        QatOptions.builder()
            .start(PtqOptions.STANDARD.withCalibration(CalibrationMethod.minMax()))
            .training(
                QUICK.toBuilder().epochs(5).learningRate(new LearningRate.Constant(1e-3)).build())
            .build();
    Qat.Result result = Qat.train(trained, TRAINING, VALIDATION, options, TrainingListener.SILENT);
    assertThat(result.history()).hasSize(5);
    double kept =
        result.history().stream()
            .mapToDouble(epoch -> epoch.validationAccuracy().orElseThrow())
            .max()
            .orElse(0);
    double converted = accuracy(result.quantized().program());
    assertThat(converted).isCloseTo(kept, within(0.03));
    assertThat(converted).isGreaterThan(accuracy(trained) - 0.04);
    ExportedProgram again =
        Qat.train(trained, TRAINING, VALIDATION, options, TrainingListener.SILENT)
            .quantized()
            .program();
    assertThat(tensor(again, "fc.weight"))
        .isEqualTo(tensor(result.quantized().program(), "fc.weight"));
    assertThat(opNames(result.quantized().program()))
        .doesNotContain("batch_norm", "fused_moving_avg_obs_fake_quant");
  }

  @Test
  void learnedStepsStartAsTheirPaperSaysAndMove() {
    ExportedProgram folded = ConvBatchNorm.fold(trained);
    QuantizationPoints points = points(PtqOptions.STANDARD);
    Set<String> roots = new TreeSet<>();
    points.groups().forEach(group -> roots.add(group.root()));
    LearnedSteps learned =
        new LearnedSteps(folded, ActivationRanges.magnitudes(folded, roots, TRAINING));
    FakeQuantization fake = new FakeQuantization(trained, points);
    ExportedProgram start = fake.rewrite(learned);
    float[] row = Arrays.copyOf(floats(folded, "block1.conv.weight"), 5);
    double mean = IntStream.range(0, 5).mapToDouble(i -> Math.abs(row[i])).average().orElseThrow();
    QuantParams grid =
        Objects.requireNonNull(fake.grids(start, learned).weights().get("p_block1_conv_weight"));
    assertThat((double) grid.scale(0)).isCloseTo(2 * mean / Math.sqrt(127), within(1e-6));
    QatOptions options =
        QatOptions.builder()
            .steps(QatOptions.StepSizes.LEARNED)
            .training(
                QUICK.toBuilder().epochs(5).learningRate(new LearningRate.Constant(3e-3)).build())
            .build();
    Qat.Result result = Qat.train(trained, TRAINING, VALIDATION, options, TrainingListener.SILENT);
    assertThat(accuracy(result.quantized().program())).isGreaterThan(accuracy(trained) - 0.05);
    QuantParams learnedGrid =
        Objects.requireNonNull(result.quantized().weights().get("block1.conv.weight"));
    assertThat(learnedGrid.scale(0)).isNotEqualTo(grid.scale(0));
  }

  @Test
  void theFloatNetworkTeachesWithoutLabels() {
    SampleSource unlabelled =
        SampleSource.of(
            List.of(),
            TRAINING.samples().map(each -> Sample.unlabelled(each.name(), each.inputs())).toList());
    for (Objective objective : List.of(new Objective.SquaredError(), new Objective.Divergence(2))) {
      QatOptions options =
          QatOptions.builder()
              .objective(objective)
              .training(
                  QUICK.toBuilder().epochs(3).learningRate(new LearningRate.Constant(1e-3)).build())
              .build();
      Qat.Result result =
          Qat.train(trained, unlabelled, unlabelled, options, TrainingListener.SILENT);
      assertThat(result.history())
          .allSatisfy(epoch -> assertThat(epoch.validationAccuracy()).isEmpty());
      assertThat(result.history().getLast().validationLoss()).isLessThan(0.05);
      assertThat(agreement(result.quantized().program(), trained)).isGreaterThan(0.9);
    }
  }

  @Test
  void aTrainingGraphKeepsItsNormalizationTrainable() {
    FakeQuantization fake = new FakeQuantization(trained, points(PtqOptions.STANDARD));
    ExportedProgram observing = fake.rewrite(new ObservedSteps(ConvBatchNorm.fold(trained), true));
    assertThat(TrainingGraph.of(observing).nodes())
        .filteredOn(node -> node.op().name().equals("batch_norm"))
        .allSatisfy(
            node ->
                assertThat(node.argument("training"))
                    .contains(dev.octet.torch.graph.AtenArgument.of(true)))
        .hasSize(2);
  }

  private static QuantizationPoints points(PtqOptions options) {
    return Ptq.points(ConvBatchNorm.fold(trained), TRAINING, options, Progress.NONE);
  }

  private static List<String> values(QuantizationPoints.Group group) {
    return group.sites().stream().map(QuantizationPoints.Site::value).toList();
  }

  private static QuantizedProgram quantize(PtqOptions options) {
    return Ptq.quantize(trained, TRAINING, options, Progress.NONE);
  }

  private static List<String> opNames(ExportedProgram program) {
    return program.graph().nodes().stream().map(AtenNode::op).map(op -> op.name()).toList();
  }

  private static DenseTensor tensor(ExportedProgram program, String fqn) {
    TorchTensor tensor = Objects.requireNonNull(program.state().get(fqn), fqn);
    return tensor.toDense();
  }

  private static float[] floats(ExportedProgram program, String fqn) {
    return tensor(program, fqn).toFloatArray();
  }

  private static float[][] outputs(ExportedProgram program) {
    return outputs(program, VALIDATION);
  }

  private static float[][] outputs(ExportedProgram program, SampleSource source) {
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("tiny", program)) {
      return source
          .samples()
          .map(Sample::inputs)
          .map(inputs -> (DenseTensor) interpreter.run(inputs).values().iterator().next())
          .map(DenseTensor::toFloatArray)
          .toArray(float[][]::new);
    }
  }

  private static void assertClose(float[][] actual, float[][] expected, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .usingComparatorWithPrecision((float) tolerance)
          .containsExactly(expected[i]);
    }
  }

  private static double meanDifference(ExportedProgram one, ExportedProgram other) {
    float[][] first = outputs(one);
    float[][] second = outputs(other);
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < first[i].length; j++) {
        sum += Math.abs(first[i][j] - second[i][j]);
      }
    }
    return sum / first.length / TinyNet.CLASSES;
  }

  private static double agreement(ExportedProgram one, ExportedProgram other) {
    float[][] first = outputs(one);
    float[][] second = outputs(other);
    int equal = 0;
    for (int i = 0; i < first.length; i++) {
      equal += highest(first[i]) == highest(second[i]) ? 1 : 0;
    }
    return (double) equal / first.length;
  }

  private static double accuracy(ExportedProgram program) {
    float[][] rows = outputs(program);
    List<Sample> samples = VALIDATION.samples().toList();
    int right = 0;
    for (int i = 0; i < rows.length; i++) {
      right += highest(rows[i]) == samples.get(i).label().orElse(-1) ? 1 : 0;
    }
    return (double) right / rows.length;
  }

  private static int highest(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }
}
