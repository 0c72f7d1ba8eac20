package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.stats.Range;
import dev.octet.target.Saturation;
import dev.octet.testkit.OnnxRuntimeOracle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Plans as integer operators, judged by ONNX Runtime with its own optimizer off: what runs is what
/// was written.
class QOperatorTest {
  private static final QuantizationScheme STANDARD = scheme(OutputFormat.QOPERATOR, Policy.OPEN);

  /// Each operator between two convolutions.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          t = Add(c, c)                                       | QLinearAdd
          t = Add(c, k)                                       | QLinearAdd
          t = Mul(k, c)                                       | QLinearMul
          t = Sigmoid(c)                                      | QLinearSigmoid
          t = LeakyRelu<alpha = 0.25>(c)                      | QLinearLeakyRelu
          t = Softmax<axis = 1>(c)                            | QLinearSoftmax
          t = Softmax(c)                                      | QLinearSoftmax
          t = AveragePool<kernel_shape = [3, 3]>(c)           | QLinearAveragePool
          t = AveragePool<kernel_shape = [3, 3], pads = [1, 1, 1, 1], count_include_pad = 1>(c) | QLinearAveragePool
          t = GlobalAveragePool(c)                            | QLinearGlobalAveragePool
          t = Concat<axis = 1>(c, c)\\n u = Slice(t, b0, b2, b1) | QLinearConcat Slice
          t = MaxPool<kernel_shape = [2, 2]>(c)               | MaxPool
          t = Transpose<perm = [0, 1, 3, 2]>(c)               | Transpose
          f = Flatten(c)\\n t = Reshape(f, shape)             | Flatten Reshape
          q = Squeeze(c, b0)\\n t = Unsqueeze(q, b0)          | Squeeze Unsqueeze
          t = Slice(c, b0, b2, b3)                            | Slice
          t, rest = Split<axis = 3>(c)                        | Split
          t = Resize<mode = "nearest">(c, , scales)           | Resize
          t = Resize<mode = "linear">(c, , scales)            | Resize
          t = Pad(c, pads)                                    | Pad
          t = Pad<mode = "reflect">(c, pads)                  | Pad
          t = Pad(c, pads, zero)                              | Pad
          r = Relu(c)\\n t = Add(r, r)                        | QLinearAdd
          r = Clip(c, low, high)\\n t = Add(r, r)            | QLinearAdd
          t = Where(which, c, k)                              | QLinearWhere
          t = Where(which, k, c)                              | QLinearWhere
          t = Gather<axis = 2>(c, b2)                         | Gather
          t = GatherElements<axis = 3>(c, picks)              | GatherElements
          """)
  void writesAnOperatorOnCodes(String operator, String expected) {
    Model model = between(operator.replace("\\n", "\n"), 13);
    for (QuantizationScheme scheme : EIGHT_BIT) {
      QuantizedModel quantized = quantize(model, scheme, 1, 2, 8, 8);

      List<String> operators = operators(quantized.model());
      assertThat(operators.getFirst()).isEqualTo("QuantizeLinear");
      assertThat(operators.getLast()).isEqualTo("DequantizeLinear");
      List<String> inside = new ArrayList<>(List.of("QLinearConv"));
      inside.addAll(List.of(expected.split(" ")));
      inside.add("QLinearConv");
      assertThat(operators.subList(1, operators.size() - 1)).isEqualTo(inside);
      assertSameAsQdq(model, scheme, quantized, 1, 2, 8, 8);
      assertClose(model, quantized, 20, 1, 2, 8, 8);
    }
  }

  @Test
  void writesProductsWhoseResultIsWantedInFloat() {
    Model model =
        model(
            "[4,3]",
            "float[3,3] w = {1, 2, -3, 4, -5, 6, 7, 8, 9}, float[3] b = {20, -30, 40}",
            "g = Gemm<alpha = 2.0, beta = 0.5>(x, w, b)\n t = Neg(g)\n y = MatMul(t, w)",
            13);

    QuantizedModel quantized = quantize(model, STANDARD, 4, 3);

    assertThat(operators(quantized.model()))
        .containsSubsequence("QGemm", "Neg", "MatMulIntegerToFloat");
    assertClose(model, quantized, 30, 4, 3);
  }

  @ParameterizedTest
  @CsvSource({"1,1,0", "2,1,1", "1,0.5,0", "-0.5,3,1", "2,0,0"})
  void computesAGemmWithItsFactors(float alpha, float beta, int transposed) {
    Model model =
        model(
            "[4,3]",
            "float[3,3] w = {1, 2, -3, 4, -5, 6, 7, 8, 9}, float[3] b = {20, -30, 40}",
            "g = Gemm<alpha = %s, beta = %s, transB = %d>(x, w, b)\n y = MatMul(g, w)"
                .formatted(alpha, beta, transposed),
            13);

    QuantizedModel quantized = quantize(model, STANDARD, 4, 3);

    assertThat(operators(quantized.model()))
        .containsExactly("QuantizeLinear", "QGemm", "MatMulIntegerToFloat");
    assertClose(model, quantized, 30, 4, 3);
  }

  @Test
  void writesAMatrixProductOnCodes() {
    Model model =
        model(
            "[4,3]",
            "float[3,3] w = {1, 2, -3, 4, -5, 6, 7, 8, 9}",
            "g = MatMul(x, w)\n y = MatMul(g, w)",
            13);

    QuantizedModel quantized = quantize(model, STANDARD, 4, 3);

    assertThat(operators(quantized.model())).contains("QLinearMatMul");
    assertClose(model, quantized, 30, 4, 3);
  }

  @Test
  void findsTheLargestCode() {
    Model model =
        model(
            "[1,2,8]",
            "float[2,2,1] w = {1, 2, 3, -4}",
            "c = Conv(x, w)\n a = ArgMax<axis = 2, keepdims = 0>(c)\n y = Cast<to = 1>(a)",
            13);

    QuantizedModel quantized = quantize(model, STANDARD, 1, 2, 8);

    assertThat(operators(quantized.model()))
        .containsExactly("QuantizeLinear", "QLinearConv", "ArgMax", "Cast");
    assertThat(Ort.run(quantized.model(), OptLevel.NO_OPT, input(1, 2, 8)).get("y"))
        .isEqualTo(Ort.run(model, OptLevel.NO_OPT, input(1, 2, 8)).get("y"));
  }

  @Test
  void selectsTheLargestCodesWhenAsked() {
    Model model = between("t, i = TopK<axis = 3>(c, b2)", 13);
    QuantizationScheme everything =
        QuantizationScheme.builder()
            .format(OutputFormat.QOPERATOR)
            .coverage(Coverage.EVERY_OPERATOR)
            .build();

    QuantizedModel quantized = quantize(model, everything, 1, 2, 8, 8);

    assertThat(operators(quantized.model()))
        .containsExactly(
            "QuantizeLinear", "QLinearConv", "TopK", "QLinearConv", "DequantizeLinear");
    assertClose(model, quantized, 20, 1, 2, 8, 8);
  }

  @Test
  void keepsTablesOfAnEmbeddingAsCodes() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 14, "com.microsoft" : 1]>
            g (int32[1,4] x) => (float[1,4,3] y)
            <float[5,3] words = {1, 2, 3, -4, 5, -6, 7, 8, -9, 0.5, 1, 2, 3, 4, -5},
             float[4,3] places = {1, 2, 3, 4, 5, 6, -1, 2, 5, 4, 5, 6}, float[3] gamma = {1, 2, 0.5},
             float[3] beta = {0.1, -0.2, 0.3}> {
              y, m = com.microsoft.EmbedLayerNormalization(x, , words, places, , gamma, beta)
            }
            """);
    ShapeInference.infer(model);
    QuantizationScheme everything =
        QuantizationScheme.builder()
            .format(OutputFormat.QOPERATOR)
            .coverage(Coverage.EVERY_OPERATOR)
            .build();
    Map<String, Tensor> tokens = Map.of("x", DenseTensor.ofInts(new int[] {1, 4, 0, 2}, 1, 4));

    Model quantized = rewrite(model, everything, new Range(-3f, 3f)).model();

    assertThat(operators(quantized))
        .containsExactly("QEmbedLayerNormalization", "QuantizeLinear", "DequantizeLinear");
    ErrorStatistics error = new ErrorStatistics();
    error.accept(
        ((DenseTensor) Objects.requireNonNull(OnnxRuntimeOracle.run(model, tokens).get("y")))
            .toFloatArray(),
        ((DenseTensor) Objects.requireNonNull(OnnxRuntimeOracle.run(quantized, tokens).get("y")))
            .toFloatArray());
    assertThat(error.sqnr()).isGreaterThan(25);
  }

  @Test
  void writesIntegerOperatorsInSubgraphsToo() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 13]>
            g (float[1,2,8] x) => (float[] y)
            <float[2,2,1] w = {0.1, 0.2, 0.3, -0.4}, bool yes = {1}> {
              c = Conv(x, w)
              z = If(yes) <
                then_branch = t () => (float[1,2,8] r) { a = Conv(c, w) r = Conv(a, w) },
                else_branch = e () => (float[1,2,8] r) { r = Conv(c, w) }
              >
              y = Conv(z, w)
            }
            """);
    ShapeInference.infer(model);

    QuantizedModel quantized = rewrite(model, STANDARD, new Range(-1f, 1f));

    Node branch =
        quantized.model().graph().nodes().stream()
            .filter(node -> node.is("If"))
            .findFirst()
            .orElseThrow();
    assertThat(branch.subgraphs().getFirst().nodes())
        .extracting(Node::opType)
        .contains("QLinearConv")
        .doesNotContain("Conv");
    assertClose(model, quantized, 15, 1, 2, 8);
  }

  private static QuantizedModel rewrite(Model model, QuantizationScheme scheme, Range range) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    QuantizationPlanner.needs(model, scheme).values().forEach(name -> ranges.put(name, range));
    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, CalibrationTable.ofRanges(ranges));
    return PlanRewriter.rewrite(model, Saturation.withSafeWeights(model, plan));
  }

  @Test
  void leavesInFloatWhatHasNoIntegerForm() {
    Model model =
        model(
            "[1,2,8]",
            "float[2,2,1] w = {1, 2, 3, -4}",
            "c = Conv(x, w)\n t = ConvTranspose(c, w)\n y = Conv(t, w)",
            13);

    QuantizedModel quantized = quantize(model, STANDARD, 1, 2, 8);

    assertThat(operators(quantized.model()))
        .containsExactlyInAnyOrder(
            "QuantizeLinear",
            "QLinearConv",
            "DequantizeLinear",
            "DequantizeLinear",
            "ConvTranspose",
            "QuantizeLinear",
            "QLinearConv",
            "DequantizeLinear");
    assertClose(model, quantized, 25, 1, 2, 8);
  }

  @Test
  void neverFoldsWhatTheUserKeepsInFloat() {
    Model model =
        model(
            "[1,2,8]",
            "float[2,2,1] w = {1, 2, 3, -4}",
            "c = Conv(x, w)\n t = Add(c, c)\n y = Conv(t, w)",
            13);
    QuantizationScheme kept =
        QuantizationScheme.builder()
            .format(OutputFormat.QOPERATOR)
            .exceptOpTypes(List.of("Add"))
            .build();

    QuantizedModel quantized = quantize(model, kept, 1, 2, 8);

    assertThat(operators(quantized.model())).contains("Add").doesNotContain("QLinearAdd");
    assertClose(model, quantized, 30, 1, 2, 8);
  }

  @Test
  void saysWhichCodesStandForWhichValue() {
    Model model =
        model("[1,2,8]", "float[2,2,1] w = {1, 2, 3, -4}", "c = Conv(x, w)\n y = Conv(c, w)", 13);

    QuantizedModel quantized = quantize(model, STANDARD, 1, 2, 8);

    ValueAlignment.Pair inner = quantized.alignment().of("c").orElseThrow();
    assertThat(inner.kind()).isEqualTo(ValueAlignment.Kind.CODES);
    assertThat(quantized.model().graph().findValue(inner.quantizedValue()).orElseThrow().producer())
        .get()
        .extracting(Node::opType)
        .isEqualTo("QLinearConv");
    QuantizedModel observable = quantized.observable();
    String readBack = observable.alignment().of("c").orElseThrow().quantizedValue();
    assertThat(observable.model().graph().findValue(readBack).orElseThrow().producer())
        .get()
        .extracting(Node::opType)
        .isEqualTo("DequantizeLinear");
    assertClose(model, observable, 30, 1, 2, 8);
    assertThat(quantized.alignment().of("w").orElseThrow().kind())
        .isEqualTo(ValueAlignment.Kind.CONSTANT_CODES);
    assertThat(quantized.alignment().of("y").orElseThrow().kind())
        .isEqualTo(ValueAlignment.Kind.DEQUANTIZED);
  }

  @Test
  void refusesUpFrontWhatNoIntegerOperatorTakes() {
    QuantizationScheme.Builder builder =
        QuantizationScheme.builder()
            .format(OutputFormat.QOPERATOR)
            .defaults(
                Policy.builder()
                    .activationType(QuantType.UINT16)
                    .weightType(QuantType.INT4)
                    .granularity(WeightGranularity.perBlock(16))
                    .build());

    assertThatThrownBy(builder::build)
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("activations in format QOPERATOR can be UINT8 or INT8, not UINT16")
        .hasMessageContaining("weights in format QOPERATOR can be UINT8 or INT8, not INT4")
        .hasMessageContaining("scales per block")
        .hasMessageContaining("format QDQ");
  }

  private static final List<QuantizationScheme> EIGHT_BIT =
      List.of(
          STANDARD,
          scheme(
              OutputFormat.QOPERATOR,
              Policy.builder()
                  .activations(QuantType.UINT8, Symmetry.ASYMMETRIC)
                  .weights(QuantType.UINT8, Symmetry.ASYMMETRIC)
                  .granularity(WeightGranularity.PER_TENSOR)
                  .build()),
          scheme(
              OutputFormat.QOPERATOR,
              Policy.builder().activations(QuantType.INT8, Symmetry.ASYMMETRIC).build()));

  private static Model between(String operator, int opset) {
    String last = operator.contains("u = ") ? "u" : "t";
    return model(
        "[1,2,8,8]",
        """
        float[2,2,3,3] w = {1, 2, -3, 4, 5, -6, 7, 8, -9, 1, 2, 3, 1, 2, -3, 4, 5, -6, 7, 8, -9, 1, 2, 3,
          1, 2, -3, 4, 5, -6, 7, 8, -9, 1, 2, 3}, float[2] b = {3, -4}, float[2,2,1,1] v = {1, -2, 3, 4},
        float[1,2,1,1] k = {0.5, -2}, int64[1] b0 = {0}, int64[1] b1 = {1}, int64[1] b2 = {2}, int64[1] b3 = {3},
        int64[4] shape = {1, 2, 8, 8}, float[4] scales = {1, 1, 2, 2},
        int64[8] pads = {0, 0, 1, 1, 0, 0, 1, 1}, float zero = {0}, float low = {-3}, float high = {9},
        bool[1,1,1,8] which = {1, 0, 1, 1, 0, 0, 1, 0}, int64[1,2,8,2] picks = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2,
          3, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0}
        """,
        "c = Conv<pads = [1, 1, 1, 1]>(x, w, b)\n " + operator + "\n y = Conv(" + last + ", v, b)",
        opset);
  }

  private static QuantizationScheme scheme(OutputFormat format, Policy policy) {
    return QuantizationScheme.builder().format(format).defaults(policy).build();
  }

  /// With weights that no processor's kernels saturate on.
  private static QuantizedModel quantize(Model model, QuantizationScheme scheme, long... dims) {
    CalibrationTable table =
        Ort.calibrate(model, QuantizationPlanner.needs(model, scheme).values(), input(dims));
    QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, table);
    return PlanRewriter.rewrite(model, Saturation.withSafeWeights(model, plan));
  }

  private static List<String> operators(Model model) {
    return model.graph().nodes().stream().map(Node::opType).toList();
  }

  /// The integer operators compute what the conversions around float operators mean, give or take
  /// one step where their last rounding differs.
  private static void assertSameAsQdq(
      Model model, QuantizationScheme scheme, QuantizedModel quantized, long... dims) {
    QuantizationScheme qdq =
        new QuantizationScheme(
            scheme.defaults(),
            scheme.layers(),
            scheme.coverage(),
            OutputFormat.QDQ,
            scheme.style());
    float[] expected =
        Ort.run(quantize(model, qdq, dims).model(), OptLevel.NO_OPT, input(dims)).get("y");
    ErrorStatistics error = new ErrorStatistics();
    error.accept(expected, Ort.run(quantized.model(), OptLevel.NO_OPT, input(dims)).get("y"));
    assertThat(error.sqnr()).as("SQNR against QDQ").isGreaterThan(30);
  }

  private static void assertClose(
      Model model, QuantizedModel quantized, double decibels, long... dims) {
    float[] expected = Ort.run(model, OptLevel.NO_OPT, input(dims)).get("y");
    for (OptLevel level : new OptLevel[] {OptLevel.NO_OPT, OptLevel.ALL_OPT}) {
      ErrorStatistics error = new ErrorStatistics();
      error.accept(expected, Ort.run(quantized.model(), level, input(dims)).get("y"));
      assertThat(error.sqnr()).as("SQNR at %s", level).isGreaterThan(decibels);
    }
  }

  private static Map<String, DenseTensor> input(long... dims) {
    return Map.of("x", M5.normal(new Random(3), 1, dims));
  }

  private static Model model(String inputDims, String constants, String nodes, int opset) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : %d]>
            g (float%s x) => (float[] y) %s { %s }
            """
                .formatted(
                    opset, inputDims, constants.isEmpty() ? "" : "<" + constants + ">", nodes));
    ShapeInference.infer(model);
    return model;
  }
}
