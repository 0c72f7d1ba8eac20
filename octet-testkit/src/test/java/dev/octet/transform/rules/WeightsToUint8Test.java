package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.OnnxText;
import dev.octet.testkit.OnnxRuntimeOracle;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WeightsToUint8Test {
  private final RuleTrial rule = RuleTrial.of(new WeightsToUint8());

  @Test
  void movesCodesAndZeroPoints() {
    rule.turns(
        layer("int8[2,2] k = {100, -128, 127, 4}, int8[2] n = {0, 1}", "k, c, n", "uint8"),
        layer("uint8[2,2] k = {228, 0, 255, 132}, uint8[2] n = {128, 129}", "k, c, n", "uint8"));
  }

  @Test
  void statesAZeroPointThatWasLeftOut() {
    rule.turns(
        layer("int8[2,2] k = {100, -128, 127, 4}", "k, c", "uint8"),
        layer("uint8[2,2] k = {228, 0, 255, 132}, uint8[2] n = {128, 128}", "k, c, n", "uint8"));
  }

  /// Whose result before is right on some processors only, so it is not run.
  @Test
  void movesTheFactorOfAnIntegerProduct() {
    Model model =
        rule.after(
            """
            g (uint8[1,2] x) => (int32[1,2] y) <int8[2,2] k = {100, -128, 127, 4}> {
              y = MatMulInteger (x, k)
            }
            """);
    assertThat(OnnxText.print(model)).contains("{228, 0, 255, 132}", "{128}");
  }

  @Test
  void leavesCodesThatCannotSaturate() {
    rule.ignores(layer("int8[2,2] k = {64, -64, 64, 4}", "k, c", "uint8"));
  }

  @Test
  void leavesSignedActivations() {
    rule.ignores(layer("int8[2,2] k = {100, -128, 127, 4}", "k, c", "int8"));
  }

  @Test
  void leavesWhatIsNoWeight() {
    rule.ignores(
        """
        g (float[2] x) => (float[2] y) <int8[2] k = {100, -128}, float s = {0.5}> {
          k_ = DequantizeLinear (k, s)
          y = Add (x, k_)
        }
        """);
  }

  /// On processors without dot-product instructions too, whose kernels saturate otherwise.
  @Test
  void largeSumsAreRightOnEveryProcessor() {
    int depth = 64;
    String weights = "int8[1,64] k = {" + "127, ".repeat(depth - 1) + "127}";
    Model model =
        rule.after(
            """
            <ir_version: 8, opset_import: ["" : 18]>
            g (uint8[1,64] q) => (float[1,1] y) <float s = {1}, uint8 z = {0}, %s, int8 n = {0}> {
              x = DequantizeLinear (q, s, z)
              w = DequantizeLinear (k, s, n)
              y = Gemm <transB = 1> (x, w)
            }
            """
                .formatted(weights));
    byte[] codes = new byte[depth];
    Arrays.fill(codes, (byte) 255);
    Map<String, Tensor> inputs = Map.of("q", DenseTensor.ofBytes(DataType.UINT8, codes, 1, depth));
    assertThat(OnnxRuntimeOracle.optimizedOperators(model)).containsKey("QGemm");
    Tensor sum = Objects.requireNonNull(OnnxRuntimeOracle.runOptimized(model, inputs).get("y"));
    assertThat(((DenseTensor) sum).toFloatArray()).containsExactly(255f * 127 * depth);
  }

  private static String layer(String weights, String read, String activations) {
    return """
    <ir_version: 8, opset_import: ["" : 18]>
    g (%s[3,2] codes) => (float[3,2] y) <
      float a = {0.125}, %s, float[2] c = {0.25, 0.5}> {
      x = DequantizeLinear (codes, a)
      w = DequantizeLinear <axis = 0> (%s)
      y = Gemm <transB = 1> (x, w)
    }
    """
        .formatted(activations, weights, read);
  }
}
