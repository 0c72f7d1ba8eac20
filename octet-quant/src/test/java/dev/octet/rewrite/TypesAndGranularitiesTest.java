package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.target.Saturation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every combination of types, granularity and symmetry that is not refused runs in ONNX Runtime,
/// with and without its optimizer, and comes as near to the float model as its bits allow.
class TypesAndGranularitiesTest {
  private static final List<WeightGranularity> GRANULARITIES =
      List.of(
          WeightGranularity.PER_TENSOR,
          WeightGranularity.PER_CHANNEL,
          WeightGranularity.perBlock(3),
          WeightGranularity.perBlock(16));

  private static final Case FLOAT8 =
      new Case(
          QuantType.FLOAT8E4M3FN,
          QuantType.FLOAT8E4M3FN,
          WeightGranularity.PER_CHANNEL,
          Symmetry.SYMMETRIC,
          19);

  record Case(
      QuantType activations,
      QuantType weights,
      WeightGranularity granularity,
      Symmetry symmetry,
      int opset) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (QuantType activations : QuantType.values()) {
      for (QuantType weights : QuantType.values()) {
        for (WeightGranularity granularity : GRANULARITIES) {
          boolean blocks = granularity instanceof WeightGranularity.PerBlock;
          for (Symmetry symmetry : List.of(Symmetry.ASYMMETRIC, Symmetry.SYMMETRIC)) {
            for (int opset : blocks ? new int[] {21} : new int[] {19, 21}) {
              Case one = new Case(activations, weights, granularity, symmetry, opset);
              if (!isRefused(one)) {
                cases.add(one);
              }
            }
          }
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatTheFloatModelDoes(Case one) {
    Model model = model(one.opset);
    QuantizationScheme scheme = scheme(one).build();
    Map<String, DenseTensor> input = Map.of("x", M5.normal(new Random(3), 1, 4, 5, 8));
    CalibrationTable table =
        Ort.calibrate(model, QuantizationPlanner.needs(model, scheme).values(), input);
    QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, table);

    // Of weights that no processor's kernels saturate on.
    Model quantized = PlanRewriter.rewrite(model, Saturation.withSafeWeights(model, plan)).model();

    if (!one.activations.isFloat()) {
      assertThat(plan.nodes()).noneMatch(node -> node.fate() instanceof NodePlan.Fate.Kept);
    }
    float[] expected = Ort.run(model, OptLevel.NO_OPT, input).get("y");
    for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
      float[] actual = Ort.run(quantized, level, input).get("y");
      ErrorStatistics error = new ErrorStatistics();
      error.accept(expected, actual);
      assertThat(error.sqnr()).as("SQNR at %s", level).isGreaterThan(decibels(one));
    }
  }

  @Test
  void writesActivationsAsFloat8WhereEveryOperatorIsAskedFor() {
    Model model = model(19);
    QuantizationScheme scheme =
        scheme(FLOAT8).coverage(Coverage.EVERY_OPERATOR).style(OutputStyle.PEER).build();
    Map<String, DenseTensor> input = Map.of("x", M5.normal(new Random(3), 1, 4, 5, 8));
    CalibrationTable table =
        Ort.calibrate(model, QuantizationPlanner.needs(model, scheme).values(), input);
    QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, table);

    Model quantized = PlanRewriter.rewrite(model, plan).model();

    // The softmax too, whose range nobody measures.
    assertThat(plan.tensor("y").orElseThrow().grid().orElseThrow().type())
        .isEqualTo(QuantType.FLOAT8E4M3FN);
    // Not with the optimizer: it makes a QLinearConv of float8 codes, which its own check refuses.
    ErrorStatistics error = new ErrorStatistics();
    error.accept(
        Ort.run(model, OptLevel.NO_OPT, input).get("y"),
        Ort.run(quantized, OptLevel.NO_OPT, input).get("y"));
    assertThat(error.sqnr()).isGreaterThan(15);
  }

  /// ONNX Runtime's optimizer would carry the codes to the pool, over what lies between.
  @Test
  void gives4BitCodesToNoMaxPool() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["" : 21]>
            g (float[N,2,8] x) => (float[] y)
            <float[3,2,3] w = {%s}, float[9,4] v = {%s}, int64[2] s = {0, -1}> {
              c = Conv(x, w)
              t = Transpose<perm = [0, 1, 2]>(c)
              p = MaxPool<kernel_shape = [2], strides = [2]>(t)
              f = Reshape(p, s)
              y = MatMul(f, v)
            }
            """
                .formatted(numbers(new Random(1), 18), numbers(new Random(2), 36)));
    ShapeInference.infer(model);
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(
                Policy.builder()
                    .activationType(QuantType.UINT4)
                    .weightType(QuantType.UINT4)
                    .build())
            .build();
    Map<String, DenseTensor> input = Map.of("x", M5.normal(new Random(3), 1, 4, 2, 8));
    CalibrationTable table =
        Ort.calibrate(model, QuantizationPlanner.needs(model, scheme).values(), input);
    Model quantized =
        PlanRewriter.rewrite(model, QuantizationPlanner.plan(model, scheme, table)).model();

    ErrorStatistics error = new ErrorStatistics();
    error.accept(
        Ort.run(model, OptLevel.NO_OPT, input).get("y"),
        Ort.run(quantized, OptLevel.ALL_OPT, input).get("y"));
    assertThat(error.sqnr()).isGreaterThan(12);
  }

  private static boolean isRefused(Case one) {
    return one.activations == QuantType.INT32
        || one.weights == QuantType.INT32
        || one.activations.isFloat() != one.weights.isFloat()
        || (one.activations == QuantType.INT8 && one.weights == QuantType.UINT8)
        || (one.activations.bits() == 4 && one.weights.bits() == 8)
        || (one.granularity instanceof WeightGranularity.PerBlock
            && one.activations.bits() == 8
            && one.weights.bits() == 8
            && !one.weights.isFloat());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWhatNoKernelComputes(Case one) {
    assertThatThrownBy(() -> scheme(one).build()).hasMessageContaining(" use ");
  }

  static Stream<Case> refused() {
    return Stream.of(
        new Case(
            QuantType.INT8, QuantType.UINT8, WeightGranularity.PER_TENSOR, Symmetry.ASYMMETRIC, 21),
        new Case(
            QuantType.UINT8,
            QuantType.INT8,
            WeightGranularity.perBlock(16),
            Symmetry.SYMMETRIC,
            21),
        new Case(
            QuantType.UINT4, QuantType.INT8, WeightGranularity.PER_CHANNEL, Symmetry.SYMMETRIC, 21),
        new Case(
            QuantType.INT32, QuantType.INT8, WeightGranularity.PER_TENSOR, Symmetry.SYMMETRIC, 21),
        new Case(
            QuantType.UINT8,
            QuantType.FLOAT8E4M3FN,
            WeightGranularity.PER_TENSOR,
            Symmetry.SYMMETRIC,
            21),
        new Case(
            QuantType.FLOAT8E4M3FN,
            QuantType.INT8,
            WeightGranularity.PER_CHANNEL,
            Symmetry.SYMMETRIC,
            21));
  }

  /// About six decibels a bit, less what several layers add up to.
  private static double decibels(Case one) {
    int bits = Math.min(grade(one.activations), grade(one.weights));
    return switch (bits) {
      case 3, 4 -> 5;
      case 8 -> 26;
      default -> 60;
    };
  }

  /// A float8 number has four significant bits.
  private static int grade(QuantType type) {
    return type.isFloat() ? 4 : type.bits();
  }

  private static QuantizationScheme.Builder scheme(Case one) {
    return QuantizationScheme.builder()
        .defaults(
            Policy.builder()
                .activations(one.activations, one.symmetry)
                .weights(one.weights, one.symmetry)
                .granularity(one.granularity)
                .span(CodeSpan.FULL)
                .build())
        .style(one.opset % 2 == 0 ? OutputStyle.PEER : OutputStyle.COMPACT)
        .coverage(one.activations.isFloat() ? Coverage.CONNECTED : Coverage.EVERY_OPERATOR);
  }

  private static Model model(int opset) {
    Random random = new Random(11);
    Model model =
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["" : %d]>
            g (float[N,5,8] x) => (float[] y)
            <float[6,5,3] w = {%s}, float[6] b = {%s}, float[7,36] v = {%s}, float[7] c = {%s},
             float[7,4] u = {%s}, int64[2] s = {0, -1}> {
              p = Conv(x, w, b)
              r = Relu(p)
              f = Reshape(r, s)
              g = Gemm<transB = 1, alpha = 0.5, beta = 2.0>(f, v, c)
              h = Sigmoid(g)
              m = MatMul(h, u)
              y = Softmax<axis = 1>(m)
            }
            """
                .formatted(
                    opset,
                    numbers(random, 90),
                    numbers(random, 6),
                    numbers(random, 252),
                    numbers(random, 7),
                    numbers(random, 28)));
    ShapeInference.infer(model);
    return model;
  }

  private static String numbers(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ", ").append(random.nextGaussian() * 0.4);
    }
    return text.toString();
  }
}
