package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TinyScales;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan;
import dev.octet.stats.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Models whose numbers are float16: scales are float16 too, and tiny ones keep their meaning.
class HalfPrecisionTest {

  @ParameterizedTest
  @CsvSource({
    "1, UINT8, INT8, 17", "1, UINT8, INT8, 19", "1, UINT8, INT8, 21",
    "0.01, UINT8, INT8, 17", "0.01, UINT8, INT8, 21", "0.01, INT8, INT8, 21",
    "1, UINT16, INT16, 21", "0.01, UINT16, INT16, 17", "100, UINT8, UINT8, 19"
  })
  void staysCloseToTheFloatModel(
      float magnitude, QuantType activations, QuantType weights, int opset) {
    Model model = model(opset);
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(
                Policy.builder()
                    .activations(activations, Symmetry.ASYMMETRIC)
                    .weightType(weights)
                    .build())
            .coverage(Coverage.EVERY_OPERATOR)
            .build();
    Map<String, DenseTensor> input = Map.of("x", M5.normal(new Random(3), magnitude, 4, 3, 8));
    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, calibrate(model, scheme, input));

    Model quantized = PlanRewriter.rewrite(model, plan).model();

    assertThat(quantized.opset()).hasValue(opset);
    assertThat(plan.tensors())
        .flatExtracting(tensor -> tensor.grid().stream().toList())
        .isNotEmpty()
        .allMatch(params -> params.real() == RealType.FLOAT16);
    float[] expected = Ort.run(model, OptLevel.NO_OPT, input).get("y");
    for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
      ErrorStatistics error = new ErrorStatistics();
      error.accept(expected, Ort.run(quantized, level, input).get("y"));
      assertThat(error.sqnr()).as("SQNR at %s", level).isGreaterThan(25);
    }
  }

  /// ONNX Runtime's optimizer would make a QGemm of it, which takes no float16 scales.
  @Test
  void aGemmOfHalfNumbersStaysInFloat() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float16[N,3] x) => (float16[N,2] y)
            <float16[3,2] w = {1, 0.2, -0.3, 0.4, 0.5, -0.6}, float16[2] b = {0.01, -0.02}> {
              y = Gemm(x, w, b)
            }
            """);
    ShapeInference.infer(model);
    QuantizationPlan plan =
        QuantizationPlanner.plan(
            model,
            QuantizationScheme.standard(),
            CalibrationTable.ofRanges(Map.of("x", new Range(-1, 1), "y", new Range(-1, 1))));

    assertThat(plan.nodes())
        .singleElement()
        .extracting(node -> node.fate().toString())
        .asString()
        .contains("takes no float16 scales");
  }

  @Test
  void flushesTinyScalesOnlyWhenAsked() {
    Model model = model(21);
    QuantizationScheme flushed =
        QuantizationScheme.builder()
            .defaults(Policy.builder().tinyScales(TinyScales.FLUSHED).build())
            .build();
    Map<String, Range> ranges = new LinkedHashMap<>();
    QuantizationPlanner.needs(model, flushed)
        .values()
        .forEach(value -> ranges.put(value, new Range(-0.005f, 0.005f)));

    assertThat(scale(model, flushed, ranges)).isEqualTo(1f);
    assertThat(scale(model, QuantizationScheme.standard(), ranges))
        .isCloseTo(0.01f / 255, org.assertj.core.api.Assertions.within(1e-6f));
  }

  private static float scale(Model model, QuantizationScheme scheme, Map<String, Range> ranges) {
    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, CalibrationTable.ofRanges(ranges));
    return ((TensorPlan.Activation) plan.tensor("h").orElseThrow()).params().scale(0);
  }

  /// The ranges of float16 values, read as float32 by way of casts.
  static CalibrationTable calibrate(
      Model model, QuantizationScheme scheme, Map<String, DenseTensor> input) {
    Model observed = model.copy();
    Map<String, String> casts = new LinkedHashMap<>();
    observed.edit(
        editor -> {
          for (String name : QuantizationPlanner.needs(model, scheme).values()) {
            var value = observed.graph().findValue(name).orElseThrow();
            var seen = editor.newValue(name + "_seen", null);
            editor.insertAfter(
                value.producer().orElseThrow(),
                dev.octet.ir.NodeSpec.of("Cast")
                    .inputs(value)
                    .outputs(seen)
                    .attribute("to", DataType.FLOAT.onnxNumber()));
            casts.put(seen.name(), name);
          }
        });
    CalibrationTable seen = Ort.calibrate(observed, casts.keySet(), input);
    Map<String, Range> ranges = new LinkedHashMap<>();
    casts.forEach((cast, name) -> ranges.put(name, seen.range(cast).orElseThrow()));
    return CalibrationTable.ofRanges(ranges);
  }

  private static Model model(int opset) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : %d]>
            g (float[N,3,8] x) => (float[] y)
            <float16[3,3,1] w = {1, 0.2, -0.3, 0.4, 0.5, -0.6, -0.7, 0.8, 0.9},
             float16[3] b = {0.01, -0.02, 0.003}, float16[8,2] v = {1, -2, 3, -4, 1, -2, 3, -4, 5, 6, 7, 8, 1, 2, 3, 4}> {
              h = Cast<to = 10>(x)
              c = Conv(h, w, b)
              r = Relu(c)
              s = Add(r, h)
              m = MatMul(s, v)
              y = Cast<to = 1>(m)
            }
            """
                .formatted(opset));
    ShapeInference.infer(model);
    return model;
  }
}
