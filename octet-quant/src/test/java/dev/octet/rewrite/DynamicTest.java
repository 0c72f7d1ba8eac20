package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.target.Saturation;
import dev.octet.testkit.OnnxRuntimeOracle;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Activations quantized while the model runs, judged by ONNX Runtime against the float model.
class DynamicTest {
  private static final Policy PER_TENSOR =
      Policy.builder().granularity(WeightGranularity.PER_TENSOR).build();

  private static final String MATRIX = "float[3,3] w = {1, 2, -3, 4, -5, 6, 7, 8, 9}";

  static Stream<Policy> policies() {
    return Stream.of(
        Policy.OPEN,
        PER_TENSOR,
        Policy.builder().span(CodeSpan.REDUCED).build(),
        Policy.builder().weights(QuantType.UINT8, Symmetry.SYMMETRIC).build(),
        PER_TENSOR.toBuilder().weights(QuantType.UINT8, Symmetry.ASYMMETRIC).build());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void multipliesMatricesOfCodes(Policy policy) {
    Model model = model("float[4,3] x", MATRIX, "h = MatMul(x, w)\n y = MatMul(h, w)", 17);

    QuantizedModel quantized = quantize(model, policy);

    assertThat(operators(quantized.model()))
        .containsExactly(
            "DynamicQuantizeLinear",
            "MatMulInteger",
            "Cast",
            "Mul",
            "Mul",
            "DynamicQuantizeLinear",
            "MatMulInteger",
            "Cast",
            "Mul",
            "Mul");
    assertClose(model, quantized, 25, "x", 4, 3);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void convolvesCodes(Policy policy) {
    Model model =
        model(
            "float[1,2,6] x",
            "float[2,2,3] w = {1, 2, 3, -4, 5, -6, 0.7, 0.8, -0.9, 0.1, 2, -3}, float[2] b = {3,"
                + " -4}",
            "c = Conv<pads = [1, 1]>(x, w, b)\n y = Conv<strides = [2]>(c, w)",
            13);

    QuantizedModel quantized = quantize(model, policy);

    assertThat(operators(quantized.model())).contains("ConvInteger").doesNotContain("Conv");
    assertClose(model, quantized, 25, "x", 1, 2, 6);
  }

  @ParameterizedTest
  @CsvSource({"1,1,0", "1,1,1", "2,1,1", "1,0.5,0", "-0.5,3,1", "2,0,0"})
  void computesAGemmWithItsFactors(float alpha, float beta, int transposed) {
    Model model =
        model(
            "float[4,3] x",
            MATRIX + ", float[3] b = {20, -30, 40}",
            "y = Gemm<alpha = %s, beta = %s, transB = %d>(x, w, b)"
                .formatted(alpha, beta, transposed),
            13);

    for (Policy policy : List.of(Policy.OPEN, PER_TENSOR)) {
      QuantizedModel quantized = quantize(model, policy);

      assertThat(operators(quantized.model())).contains("MatMulInteger").doesNotContain("Gemm");
      assertClose(model, quantized, 30, "x", 4, 3);
    }
  }

  @Test
  void quantizesAValueOnceForAllWhoReadIt() {
    Model model =
        model("float[4,3] x", MATRIX, "a = MatMul(x, w)\n b = MatMul(x, w)\n y = Add(a, b)", 13);

    QuantizedModel quantized = quantize(model, Policy.OPEN);

    assertThat(operators(quantized.model())).filteredOn("DynamicQuantizeLinear"::equals).hasSize(1);
    assertThat(quantized.model().graph().initializers())
        .filteredOn(value -> value.shape().orElseThrow().rank() == 2)
        .hasSize(1);
    assertClose(model, quantized, 30, "x", 4, 3);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void runsALongShortTermMemory(Policy policy) {
    Random random = new Random(5);
    Model model =
        model(
            "float[5,1,3] x",
            "float[2,16,3] w = {%s}, float[2,16,4] r = {%s}, float[2,32] b = {%s}"
                .formatted(numbers(random, 96), numbers(random, 128), numbers(random, 64)),
            "y, h, c = LSTM<hidden_size = 4, direction = \"bidirectional\">(x, w, r, b)",
            14);

    QuantizedModel quantized = quantize(model, policy);

    assertThat(operators(quantized.model())).containsExactly("DynamicQuantizeLSTM");
    assertClose(model, quantized, 25, "x", 5, 1, 3);
  }

  @Test
  void looksUpInATableOfCodesAndMultipliesThem() {
    Random random = new Random(5);
    Model model =
        model(
            "int64[2,4] x",
            "float[10,3] t = {%s}, %s".formatted(numbers(random, 30), MATRIX),
            "e = Gather(t, x)\n m = MatMul(e, w)\n n = Neg(e)\n y = Add(m, n)",
            13);

    QuantizedModel quantized = quantize(model, PER_TENSOR);

    assertThat(operators(quantized.model()))
        .contains("Gather", "DequantizeLinear", "MatMulInteger")
        .doesNotContain("DynamicQuantizeLinear");
    assertThat(quantized.model().graph().findValue("t").orElseThrow().dataType())
        .contains(DataType.UINT8);
    Map<String, Tensor> indices =
        Map.of("x", DenseTensor.ofLongs(new long[] {0, 3, 9, 5, 5, 2, 1, 8}, 2, 4));
    assertClose(model, quantized, 25, indices);
  }

  @Test
  void transposesCodesThatAreThereAnyway() {
    Model model =
        model(
            "float[3,3] x",
            MATRIX,
            "a = MatMul(x, w)\n u = Transpose(x)\n b = MatMul(u, w)\n y = Add(a, b)",
            13);

    QuantizedModel quantized = quantize(model, PER_TENSOR);

    assertThat(operators(quantized.model())).filteredOn("DynamicQuantizeLinear"::equals).hasSize(1);
    assertThat(operators(quantized.model())).doesNotContain("DequantizeLinear");
    assertClose(model, quantized, 25, "x", 3, 3);
  }

  @Test
  void attendsOnCodes() {
    Random random = new Random(5);
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 14, "com.microsoft" : 1]>
            g (float[1,4,8] x) => (float[] y)
            <float[8,24] w = {%s}, float[24] b = {%s}> {
              y = com.microsoft.Attention<num_heads = 2>(x, w, b)
            }
            """
                .formatted(numbers(random, 192), numbers(random, 24)));
    ShapeInference.infer(model);

    for (Policy policy : policies().toList()) {
      QuantizedModel quantized = quantize(model, policy);

      assertThat(operators(quantized.model()))
          .containsExactly("DynamicQuantizeLinear", "QAttention");
      assertClose(model, quantized, 20, "x", 1, 4, 8);
    }
  }

  @Test
  void keepsTablesOfAnEmbeddingAsCodes() {
    Random random = new Random(5);
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 14, "com.microsoft" : 1]>
            g (int32[1,4] x) => (float[] y)
            <float[9,8] words = {%s}, float[4,8] places = {%s}, float[8] gamma = {%s},
             float[8] beta = {%s}> {
              y, m = com.microsoft.EmbedLayerNormalization(x, , words, places, , gamma, beta)
            }
            """
                .formatted(
                    numbers(random, 72),
                    numbers(random, 32),
                    numbers(random, 8),
                    numbers(random, 8)));

    QuantizedModel quantized = quantize(model, Policy.OPEN);

    assertThat(operators(quantized.model())).containsExactly("QEmbedLayerNormalization");
    assertClose(
        model, quantized, 25, Map.of("x", DenseTensor.ofInts(new int[] {1, 5, 8, 0}, 1, 4)));
  }

  @Test
  void convertsHalfPrecisionOnTheWayInAndOut() {
    Model model =
        model(
            "float16[4,3] x",
            "float16[3,3] w = {1, 2, -3, 4, -5, 6, 7, 8, 9}, float16[3] b = {20, -30, 40},"
                + " float16[3,3,1] k = {1, 2, -3, 4, -5, 6, 7, 8, 9}, int64[1] axis = {2}",
            """
            g = Gemm<alpha = 2.0, beta = 0.5>(x, w, b)
            u = Unsqueeze(g, axis)
            c = Conv(u, k, b)
            s = Squeeze(c, axis)
            h = MatMul(s, w)
            y = Cast<to = 1>(h)
            """,
            13);

    QuantizedModel quantized = quantize(model, Policy.OPEN);

    assertThat(operators(quantized.model()))
        .contains("MatMulInteger", "ConvInteger")
        .doesNotContain("Gemm", "Conv", "MatMul");
    assertClose(model, quantized, 25, Map.of("x", halves(4, 3)));
  }

  @Test
  void saysWhyAnLstmInHalfPrecisionStays() {
    Model model =
        model(
            "float16[5,1,1] x",
            "float16[1,4,1] w = {1, 2, 3, 4}, float16[1,4,1] r = {1, 2, 3, 4}",
            "h = LSTM<hidden_size = 1>(x, w, r)\n y = Cast<to = 1>(h)",
            14);

    QuantizationPlan plan = plan(model, Policy.OPEN);

    assertThat(plan.toString()).contains("the integer kernel computes in 32-bit floats only");
  }

  @Test
  void quantizesStepByStepBeforeOpset11() {
    Model model = model("float[4,3] x", MATRIX, "y = MatMul(x, w)", 10);

    QuantizedModel quantized = quantize(model, Policy.OPEN);

    assertThat(operators(quantized.model()))
        .contains("ReduceMin", "QuantizeLinear", "MatMulInteger")
        .doesNotContain("DynamicQuantizeLinear");
    assertClose(model, quantized, 30, "x", 4, 3);
    // A range without zero, where a zero point taken from it alone would be no code.
    for (float number : new float[] {50f, -50f}) {
      float[] numbers = new float[12];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = number + i;
      }
      assertClose(model, quantized, 30, Map.of("x", DenseTensor.ofFloats(numbers, 4, 3)));
    }
    Map<String, Tensor> zeros = Map.of("x", DenseTensor.ofFloats(new float[12], 4, 3));
    assertThat(y(quantized.model(), zeros)).containsOnly(0f);
  }

  @Test
  void refusesWhatDynamicQuantizationCannotDo() {
    assertThatThrownBy(
            () ->
                scheme(
                    Policy.builder()
                        .activationType(QuantType.INT8)
                        .weightType(QuantType.INT16)
                        .build()))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("activations quantized while the model runs are UINT8")
        .hasMessageContaining("weights in format DYNAMIC can be UINT8 or INT8, not INT16");
  }

  @Test
  void needsNoCalibration() {
    Model model = model("float[4,3] x", MATRIX, "y = MatMul(x, w)", 13);

    assertThat(QuantizationPlanner.needs(model, scheme(Policy.OPEN)).isEmpty()).isTrue();
    assertThat(plan(model, Policy.OPEN)).isEqualTo(plan(model, Policy.OPEN));
    assertThat(plan(model, Policy.OPEN).hash()).isNotEqualTo(plan(model, PER_TENSOR).hash());
    assertThat(plan(model, Policy.OPEN).toString())
        .contains("uint8  scale and zero point of the moment");
  }

  @Test
  void leavesInFloatWhatTheSchemeSays() {
    Model model = model("float[4,3] x", MATRIX, "h = MatMul(x, w)\n y = MatMul(h, w)", 13);
    QuantizationScheme scheme =
        QuantizationScheme.builder().format(OutputFormat.DYNAMIC).exceptNodes(List.of("h")).build();

    QuantizedModel quantized =
        PlanRewriter.rewrite(model, QuantizationPlanner.plan(model, scheme, NO_RANGES));

    assertThat(operators(quantized.model())).contains("MatMul", "MatMulInteger");
    assertClose(model, quantized, 25, "x", 4, 3);
  }

  @Test
  void quantizesInSubgraphsAndWhatTheyCapture() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 13]>
            g (float[4,3] x) => (float[] y)
            <float[3,3] w = {1, 2, -3, 4, -5, 6, 7, 8, 9}, bool yes = {1}> {
              h = MatMul(x, w)
              y = If(yes) <
                then_branch = t () => (float[4,3] r) { a = MatMul(h, w) b = MatMul(x, w) r = Add(a, b) },
                else_branch = e () => (float[4,3] r) { r = MatMul(h, w) }
              >
            }
            """);
    ShapeInference.infer(model);

    QuantizedModel quantized = quantize(model, Policy.OPEN);

    Node branch =
        quantized.model().graph().nodes().stream()
            .filter(node -> node.is("If"))
            .findFirst()
            .orElseThrow();
    branch
        .subgraphs()
        .forEach(
            subgraph ->
                assertThat(subgraph.nodes())
                    .extracting(Node::opType)
                    .contains("MatMulInteger")
                    .doesNotContain("MatMul", "DynamicQuantizeLinear"));
    assertThat(operators(quantized.model())).filteredOn("DynamicQuantizeLinear"::equals).hasSize(2);
    assertClose(model, quantized, 25, "x", 4, 3);
  }

  @Test
  void givesThePeersNames() {
    Model model = model("float[4,3] x", MATRIX, "y = MatMul(x, w)", 13);
    model.edit(editor -> editor.rename(model.graph().nodes().getFirst(), "mm"));
    QuantizationScheme scheme =
        QuantizationScheme.builder().format(OutputFormat.DYNAMIC).style(OutputStyle.PEER).build();

    Model quantized =
        PlanRewriter.rewrite(model, QuantizationPlanner.plan(model, scheme, NO_RANGES)).model();

    assertThat(quantized.graph().nodes())
        .extracting(Node::name)
        .containsExactly(
            "x_QuantizeLinear",
            "mm_quant",
            "y_output_quantized_cast",
            "mm_quant_scales_mul",
            "mm_quant_output_scale_mul");
    assertThat(quantized.graph().values())
        .extracting(value -> value.name())
        .contains(
            "x_quantized",
            "x_scale",
            "x_zero_point",
            "w_quantized",
            "w_scale",
            "w_zero_point",
            "y_output_quantized",
            "y_output_quantized_cast_output",
            "mm_quant_scales_mul:0",
            "y");
  }

  private static final CalibrationTable NO_RANGES = CalibrationTable.ofRanges(Map.of());

  private static QuantizationScheme scheme(Policy policy) {
    return QuantizationScheme.builder().format(OutputFormat.DYNAMIC).defaults(policy).build();
  }

  private static QuantizationPlan plan(Model model, Policy policy) {
    return QuantizationPlanner.plan(model, scheme(policy), NO_RANGES);
  }

  /// With weights that no processor's kernels saturate on.
  private static QuantizedModel quantize(Model model, Policy policy) {
    return PlanRewriter.rewrite(model, Saturation.withSafeWeights(model, plan(model, policy)));
  }

  private static List<String> operators(Model model) {
    return model.graph().nodes().stream().map(Node::opType).toList();
  }

  private static void assertClose(
      Model model, QuantizedModel quantized, double decibels, String input, long... dims) {
    assertClose(model, quantized, decibels, Map.of(input, M5.normal(new Random(3), 1, dims)));
  }

  private static void assertClose(
      Model model,
      QuantizedModel quantized,
      double decibels,
      Map<String, ? extends Tensor> inputs) {
    float[] expected = y(model, inputs);
    ErrorStatistics error = new ErrorStatistics();
    error.accept(expected, y(quantized.model(), inputs));
    assertThat(error.sqnr()).isGreaterThan(decibels);
  }

  private static float[] y(Model model, Map<String, ? extends Tensor> inputs) {
    return FoldedConstants.numbers(
        (DenseTensor) Objects.requireNonNull(OnnxRuntimeOracle.run(model, inputs).get("y")));
  }

  private static String numbers(Random random, int count) {
    return Stream.generate(() -> String.valueOf((float) random.nextGaussian() / 2))
        .limit(count)
        .reduce((a, b) -> a + ", " + b)
        .orElseThrow();
  }

  private static DenseTensor halves(long... dims) {
    float[] numbers = M5.normal(new Random(3), 1, dims).toFloatArray();
    byte[] bytes = new byte[numbers.length * 2];
    for (int i = 0; i < numbers.length; i++) {
      short half = Float.floatToFloat16(numbers[i]);
      bytes[2 * i] = (byte) half;
      bytes[2 * i + 1] = (byte) (half >> 8);
    }
    return DenseTensor.ofBytes(DataType.FLOAT16, bytes, dims);
  }

  private static Model model(String input, String constants, String nodes, int opset) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : %d]>
            g (%s) => (float[] y) <%s> { %s }
            """
                .formatted(opset, input, constants, nodes));
    ShapeInference.infer(model);
    return model;
  }
}
