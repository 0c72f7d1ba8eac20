package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.target.Saturation;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanRewriterTest {
  private static final QuantizationScheme STANDARD = QuantizationScheme.standard();
  private static final QuantizationScheme PEER =
      QuantizationScheme.builder().style(OutputStyle.PEER).build();

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "1,0.5", "-0.5,3", "2,0"})
  void computesAGemmWithItsFactors(float alpha, float beta) {
    Model model =
        model(
            "[N,4]",
            "float[4,3] w = {1, 2, -3, 4, -5, 6, 7, 8, 9, -1, 1, 2}, float[3] b = {20, -30, 40}",
            "y = Gemm<alpha = %s, beta = %s>(x, w, b)".formatted(alpha, beta));

    QuantizedModel quantized = quantize(model, STANDARD, 8, 4);

    assertThat(Ort.optimizedOperators(quantized.model())).containsKey("QGemm");
    assertClose(model, quantized, 30, 8, 4);
  }

  @Test
  void spreadsABiasOfOneNumber() {
    Model model =
        model(
            "[N,2]", "float[2,3] w = {1, 2, -3, 4, -5, 6}, float[1] b = {20}", "y = Gemm(x, w, b)");

    assertClose(model, quantize(model, STANDARD, 8, 2), 30, 8, 2);
  }

  @Test
  void givesEachReaderOfASharedBiasItsOwnScale() {
    Model model =
        model(
            "[N,2,8]",
            "float[2,2,1] w = {1, 2, 3, 4}, float[2,2,1] v = {0.1, 0.2, 0.3, -0.4}, float[2] b ="
                + " {5, -6}",
            "c = Conv(x, w, b)\n d = Conv(c, v, b)\n y = Add(c, d)");

    QuantizedModel quantized = quantize(model, STANDARD, 4, 2, 8);

    assertThat(quantized.plan().tensor("b")).isPresent();
    assertThat(quantized.plan().tensor("b#2")).isPresent();
    assertClose(model, quantized, 30, 4, 2, 8);
  }

  @Test
  void storesASharedWeightOnce() {
    Model model =
        model(
            "[N,2,8]",
            "float[2,2,1] w = {1, 2, 3, 4}",
            "c = Conv(x, w)\n d = Conv(c, w)\n y = Conv(d, w)");

    QuantizedModel quantized = quantize(model, STANDARD, 4, 2, 8);

    assertThat(quantized.model().graph().initializers())
        .filteredOn(value -> value.dataType().orElseThrow() == dev.octet.ir.DataType.INT8)
        .filteredOn(value -> value.shape().orElseThrow().rank() == 3)
        .hasSize(1);
    assertClose(model, quantized, 30, 4, 2, 8);
  }

  @Test
  void keepsAWeightInFloatForThoseWhoReadItSo() {
    Model model =
        model(
            "[N,2]",
            "float[2,2] w = {1, 2, -3, 4}",
            "p = MatMul(x, w)\n e = Exp(w)\n y = MatMul(p, e)");

    QuantizedModel quantized = quantize(model, STANDARD, 8, 2);

    assertThat(quantized.model().graph().findValue("w").orElseThrow().dataType())
        .contains(dev.octet.ir.DataType.FLOAT);
    assertClose(model, quantized, 30, 8, 2);
  }

  @Test
  void quantizesWeightsInConstantNodes() {
    Model model =
        model("[N,2]", "", "w = Constant<value = float[2,2] {1, 2, -3, 4}>()\n y = MatMul(x, w)");

    QuantizedModel quantized = quantize(model, STANDARD, 8, 2);

    assertThat(quantized.model().graph().nodes())
        .extracting(node -> node.opType())
        .containsExactly("QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "MatMul");
    assertClose(model, quantized, 30, 8, 2);
  }

  @Test
  void keepsTheNamesCallersKnow() {
    Model model = model("[N,2,8]", "float[2,2,1] w = {1, 2, 3, 4}", "c = Conv(x, w)\n y = Relu(c)");

    for (QuantizationScheme scheme : new QuantizationScheme[] {STANDARD, PEER}) {
      QuantizedModel quantized = quantize(model, scheme, 4, 2, 8);
      assertThat(quantized.model().graph().inputs()).extracting(v -> v.name()).containsExactly("x");
      assertThat(quantized.model().graph().outputs())
          .extracting(v -> v.name())
          .containsExactly("y");
      assertThat(quantized.model().graph().outputs().getFirst().producer().orElseThrow().opType())
          .isEqualTo("DequantizeLinear");
      assertClose(model, quantized, 30, 4, 2, 8);
    }
  }

  @Test
  void givesThePeersNames() {
    Model model =
        model(
            "[N,2,8]",
            "float[2,2,1] w = {1, 2, 3, 4}, float[2] b = {1, 2}",
            "c = Conv(x, w, b)\n r = Relu(c)\n y = Conv(r, w)");

    Model quantized = quantize(model, PEER, 4, 2, 8).model();

    assertThat(quantized.graph().values())
        .extracting(value -> value.name())
        .contains(
            "x_scale",
            "x_zero_point",
            "x_QuantizeLinear_Output",
            "x_DequantizeLinear_Output",
            "w_quantized",
            "w_scale",
            "w_zero_point",
            "w_DequantizeLinear_Output",
            "b_quantized",
            "b_quantized_scale",
            "b_quantized_zero_point",
            "b",
            "r",
            "r_QuantizeLinear_Output",
            "y_QuantizeLinear_Input",
            "y")
        .doesNotContain("w", "c");
    assertThat(quantized.graph().nodes())
        .extracting(node -> node.name())
        .contains("x_QuantizeLinear", "w_DequantizeLinear", "b_DequantizeLinear");
  }

  @Test
  void letsFloatReadersOfFloatValuesStayExact() {
    Model model =
        model(
            "[N,2,8]",
            "float[2,2,1] w = {1, 2, 3, 4}",
            "c = Conv(x, w)\n e = Exp(x)\n y = Sub(c, e)");

    Model quantized = quantize(model, STANDARD, 4, 2, 8).model();

    assertThat(quantized.graph().findValue("e").orElseThrow().producer().orElseThrow().input(0))
        .contains(quantized.graph().inputs().getFirst());
  }

  @Test
  void quantizesResidualsGatesAndConcatenations() {
    Model model =
        model(
            "[N,2,8]",
            "float[2,2,3] w = {1, 2, 3, -4, 5, -6, 7, 8, -9, 1, 2, 3}, float[2,4,1] v = {1, 2, 3,"
                + " 4, -5, -6, -7, 8}, float[1,2,1] k = {0.5, -2}",
            """
            a = Conv<pads = [1, 1]>(x, w)
            s = Sigmoid(a)
            m = Mul(a, s)
            d = Conv<pads = [1, 1]>(m, w)
            r = Add(d, m)
            q = Mul(r, k)
            j = Concat<axis = 1>(q, m)
            y = Conv(j, v)
            """);

    QuantizedModel quantized = quantize(model, STANDARD, 6, 2, 8);

    assertThat(Ort.optimizedOperators(quantized.model()))
        .doesNotContainKeys("Conv", "Add", "Mul", "Concat", "Sigmoid")
        .containsEntry("QLinearAdd", 1)
        .containsEntry("QLinearMul", 2)
        .containsEntry("QLinearConcat", 1)
        .containsEntry("QLinearSigmoid", 1);
    assertClose(model, quantized, 25, 6, 2, 8);
  }

  @Test
  void movesCodesWithoutTouchingThem() {
    Model model =
        model(
            "[N,2,8]",
            """
            float[4,2,1] w = {1, 2, 3, -4, 5, -6, 7, 8}, float[2,2,1] v = {1, 2, -3, 4},
            int64[2] halves = {2, 2}, int64[6] pads = {0, 0, 1, 0, 0, 1}, int64[3] shape = {-1, 8, 2},
            float[3] scales = {1, 1, 2}, int64[1] axes = {3}, int64[1] from = {1}, int64[1] to = {9}, int64[1] axis = {2}
            """,
            """
            c = Conv(x, w)
            left, right = Split<axis = 1>(c, halves)
            p = Pad(left, pads)
            s = Slice(p, from, to, axis)
            u = Unsqueeze(s, axes)
            q = Squeeze(u, axes)
            t = Transpose<perm = [0, 2, 1]>(q)
            b = Transpose<perm = [0, 2, 1]>(t)
            z = Resize<mode = "nearest">(b, , scales)
            d = Conv(z, v)
            e = Conv(right, v)
            k = AveragePool<kernel_shape = [2], strides = [2]>(d)
            y = Add(k, e)
            """);

    QuantizedModel quantized = quantize(model, STANDARD, 4, 2, 8);

    assertThat(quantized.plan().nodes())
        .filteredOn(node -> node.fate() instanceof dev.octet.plan.NodePlan.Fate.Kept)
        .extracting(node -> node.opType())
        .containsExactly("AveragePool", "Add");
    assertThat(Ort.optimizedOperators(quantized.model())).doesNotContainKey("Conv");
    assertClose(model, quantized, 25, 4, 2, 8);
  }

  @Test
  void multipliesComputedMatrices() {
    Model model =
        model(
            "[N,4,4]",
            "float[4,4] w = {1, 2, 3, 4, -1, 2, -3, 4, 1, -2, 3, -4, 1, 1, 1, 1}",
            "q = MatMul(x, w)\n s = MatMul(q, x)\n y = Softmax(s)");

    QuantizedModel quantized = quantize(model, STANDARD, 4, 4, 4);

    assertThat(Ort.optimizedOperators(quantized.model())).doesNotContainKey("MatMul");
    assertClose(model, quantized, 20, 4, 4, 4);
  }

  @Test
  void saysWhichValueStandsForWhich() {
    Model model =
        model(
            "[N,2,8]",
            "float[2,2,1] w = {1, 2, 3, 4}",
            "c = Conv(x, w)\n r = Relu(c)\n m = MaxPool<kernel_shape = [2]>(r)\n y = Exp(m)");

    for (QuantizationScheme scheme : new QuantizationScheme[] {STANDARD, PEER}) {
      QuantizedModel quantized = quantize(model, scheme, 4, 2, 8);
      ValueAlignment alignment = quantized.alignment();

      assertThat(alignment.pairs())
          .extracting(ValueAlignment.Pair::floatValue)
          .containsExactly("x", "w", "r", "m", "y");
      assertThat(alignment.of("c")).isEmpty();
      assertThat(alignment.of("r").orElseThrow().kind()).isEqualTo(ValueAlignment.Kind.DEQUANTIZED);
      assertThat(alignment.of("y").orElseThrow().kind()).isEqualTo(ValueAlignment.Kind.FLOAT);
      assertThat(alignment.pairs())
          .allSatisfy(
              pair ->
                  assertThat(quantized.model().graph().findValue(pair.quantizedValue()))
                      .isPresent());
    }
  }

  @Test
  void givesTheSameBytesEveryTimeAndLeavesTheFloatModelAlone() {
    byte[] before = ModelWriter.encode(M5Quantized.FLOAT);

    byte[] first = ModelWriter.encode(M5Quantized.quantize(STANDARD).model());
    byte[] second = ModelWriter.encode(M5Quantized.quantize(STANDARD).model());

    assertThat(second).isEqualTo(first);
    assertThat(ModelWriter.encode(M5Quantized.FLOAT)).isEqualTo(before);
  }

  @Test
  void notesThePlanInTheModel() {
    QuantizedModel quantized = M5Quantized.quantize(STANDARD);

    assertThat(quantized.model().metadata())
        .containsEntry(PlanRewriter.PLAN_HASH, quantized.plan().hash());
  }

  @Test
  void refusesThePlanOfAnotherModel() {
    QuantizationPlan plan = M5Quantized.plan(STANDARD);
    Model other = model("[N,2]", "float[2,2] w = {1, 2, 3, 4}", "y = MatMul(x, w)");

    assertThatThrownBy(() -> PlanRewriter.rewrite(other, plan))
        .hasMessageContaining("is in the plan but not in the model");
  }

  @Test
  void writesWhatOldOpsetsKnow() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 6, opset_import: ["" : 11]>
            g (float[N,2,8] x) => (float[] y)
            <float[2,2,1] w = {1, 2, 3, -4}, float[2] b = {1, 2}> {
              c = Conv(x, w, b)
              r = Relu(c)
              y = Conv(r, w, b)
            }
            """);
    for (OutputStyle style : OutputStyle.values()) {
      QuantizationScheme perTensor =
          QuantizationScheme.builder()
              .defaults(Policy.builder().granularity(WeightGranularity.PER_TENSOR).build())
              .style(style)
              .build();

      QuantizedModel quantized = quantize(model, perTensor, 4, 2, 8);

      assertThat(Ort.optimizedOperators(quantized.model())).containsEntry("QLinearConv", 2);
      assertClose(model, quantized, 30, 4, 2, 8);
    }
  }

  @Test
  void quantizesEveryOperatorWhenAsked() {
    Model model =
        model(
            "[N,2,8]",
            "float[2,2,1] w = {1, 2, 3, 4}",
            "c = Conv(x, w)\n s = Sigmoid(c)\n y = Softmax(s)");
    QuantizationScheme everywhere =
        QuantizationScheme.builder().coverage(Coverage.EVERY_OPERATOR).build();

    QuantizedModel quantized = quantize(model, everywhere, 4, 2, 8);

    assertThat(Ort.optimizedOperators(quantized.model())).containsKeys("QLinearSoftmax");
    assertClose(model, quantized, 20, 4, 2, 8);
  }

  /// With weights that no processor's kernels saturate on.
  private static QuantizedModel quantize(Model model, QuantizationScheme scheme, long... dims) {
    CalibrationTable table =
        Ort.calibrate(model, QuantizationPlanner.needs(model, scheme).values(), input(dims));
    QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, table);
    return PlanRewriter.rewrite(model, Saturation.withSafeWeights(model, plan));
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

  private static Model model(String inputDims, String constants, String nodes) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float%s x) => (float[] y) %s { %s }
            """
                .formatted(inputDims, constants.isEmpty() ? "" : "<" + constants + ">", nodes));
    ShapeInference.infer(model);
    return model;
  }
}
