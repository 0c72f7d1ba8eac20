package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.OnnxText;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.Tolerance;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DequantizeMisscaledBiasTest {
  private static final String GEMM = "y = Gemm <transB = 1> (x, w, b)";
  private static final String OWN = "{0.5, 0.25}";
  private static final String OF_PRODUCTS = "{0.03125, 0.0625}";

  private final RuleTrial rule = RuleTrial.of(new DequantizeMisscaledBias());

  @Test
  void becomesTheNumbersItStandsFor() {
    rule.turns(
        layer(GEMM, OWN, ""),
        """
        <ir_version: 8, opset_import: ["" : 18]>
        g (uint8[3,2] codes) => (float[3,2] y) <
          float a = {0.125}, uint8 z = {7}, int8[2,2] k = {1, -2, 3, 4},
          float[2] c = {0.25, 0.5}, int8[2] n = {0, 0}, float[2] b = {5, -5}> {
          x = DequantizeLinear (codes, a, z)
          w = DequantizeLinear <axis = 0> (k, c, n)
          y = Gemm <transB = 1> (x, w, b)
        }
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        GEMM,
        "v = Reshape (x, shape)\n y = Gemm <transB = 1> (v, w, b)",
        "t = Transpose (w)\n y = Gemm (x, t, b)",
        "t = Transpose (w)\n m = MatMul (x, t)\n y = Add (b, m)",
        "y = Gemm <transB = 1, alpha = 2.0> (x, w, b)",
      })
  void whereverIntegerKernelsWouldTakeIt(String body) {
    assertThat(
            rule.operatorsAfter(layer(body, OWN, "")).stream().filter("DequantizeLinear"::equals))
        .hasSize(2);
  }

  @Test
  void withItsOwnZeroPointOrFactor() {
    assertThat(rule.operatorsAfter(layer(GEMM, OF_PRODUCTS, ", zero"))).hasSize(3);
    assertThat(
            rule.operatorsAfter(
                layer("y = Gemm <transB = 1, beta = 2.0> (x, w, b)", OF_PRODUCTS, "")))
        .hasSize(3);
  }

  /// ONNX Runtime's integer kernels then compute what the graph says.
  @Test
  void theOptimizedModelAgrees() {
    Model model = rule.after(layer(GEMM, OWN, ""));
    Map<String, Tensor> inputs =
        Map.of("codes", DenseTensor.ofBytes(DataType.UINT8, new byte[] {0, 7, 9, 40, 90, 2}, 3, 2));
    float[] plain = numbers(OnnxRuntimeOracle.run(OnnxText.parse(layer(GEMM, OWN, "")), inputs));
    float[] optimized = numbers(OnnxRuntimeOracle.runOptimized(model, inputs));
    float[] wrong =
        numbers(OnnxRuntimeOracle.runOptimized(OnnxText.parse(layer(GEMM, OWN, "")), inputs));
    for (int i = 0; i < plain.length; i++) {
      assertThat(Tolerance.FLOAT32.accepts(optimized[i], plain[i])).isTrue();
    }
    // What the rule is for: the day this agrees, it can go.
    assertThat(wrong).isNotEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        GEMM,
        "v = Reshape (x, shape)\n y = Gemm <transB = 1> (v, w, b)",
        "t = Transpose (w)\n m = MatMul (x, t)\n y = Add (m, b)",
      })
  void leavesTheScaleOfTheProducts(String body) {
    rule.ignores(layer(body, OF_PRODUCTS, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "r = Relu (x)\n y = Gemm <transB = 1> (r, w, b)",
        "y = Add (x, b)",
      })
  void leavesWhatNoIntegerKernelTakes(String body) {
    rule.ignores(layer(body, OWN, ""));
  }

  @Test
  void leavesWhatCallersSee() {
    rule.declines(
        layer(GEMM, OWN, "").replace("(float[3,2] y)", "(float[3,2] y, float[2] b)"),
        "callers see it");
  }

  private static float[] numbers(Map<String, Tensor> outputs) {
    return ((DenseTensor) Objects.requireNonNull(outputs.get("y"))).toFloatArray();
  }

  private static String layer(String body, String scales, String zero) {
    return """
    <ir_version: 8, opset_import: ["" : 18]>
    g (uint8[3,2] codes) => (float[3,2] y) <
      float a = {0.125}, uint8 z = {7}, int8[2,2] k = {1, -2, 3, 4},
      float[2] c = {0.25, 0.5}, int8[2] n = {0, 0}, int32[2] bias = {10, -20},
      float[2] s = %s, int32[2] zero = {3, -3}, int64[2] shape = {-1, 2}> {
      x = DequantizeLinear (codes, a, z)
      w = DequantizeLinear <axis = 0> (k, c, n)
      b = DequantizeLinear <axis = 0> (bias, s%s)
      %s
    }
    """
        .formatted(scales, zero, body);
  }
}
