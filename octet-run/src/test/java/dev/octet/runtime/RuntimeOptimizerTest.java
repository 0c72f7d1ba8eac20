package dev.octet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.OnnxText;
import dev.octet.testkit.RewriteAssertions;
import dev.octet.testkit.SharedData;
import dev.octet.testkit.Tolerance;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.FoldConstants;
import org.junit.jupiter.api.Test;

/// What ONNX Runtime itself contributes to preparing.
class RuntimeOptimizerTest {
  @Test
  void theOptimizedModelImportsWhatItUsesAndNoMore() {
    Model model = ModelReader.read(SharedData.model("mnist8.onnx"));
    Model basic = RuntimeOptimizer.optimize(model, SessionOptions.Optimization.BASIC);
    assertThat(basic.opsets()).containsOnlyKeys("");
    assertThat(basic.graph().nodeCount()).isLessThan(model.graph().nodeCount());
    RewriteAssertions.assertSameOutputs(model, basic, Tolerance.FLOAT32);

    Model extended = RuntimeOptimizer.optimize(model, SessionOptions.Optimization.EXTENDED);
    assertThat(extended.opsets()).containsOnlyKeys("", "com.microsoft");
    assertThat(extended.graph().nodes()).anyMatch(node -> node.opType().equals("FusedConv"));
    RewriteAssertions.assertSameOutputs(model, extended, Tolerance.FLOAT32);
  }

  @Test
  void constantsAreFoldedThroughOnnxRuntime() {
    Pipeline fold =
        Pipeline.of(
            Pass.of(new FoldConstants(new RuntimeEvaluator(), FoldConstants.DEFAULT_LIMIT)));
    RewriteAssertions.assertRewrite(
        fold::run,
        """
        g (float[2] x) => (float[2] y) <float[2] a = {0.5, 1}, int64[2] sizes = {1, 1}> {
          c = Erf (a)
          p, q = Split (c, sizes)
          d = Softplus (q)
          e = Add (p, d)
          y = Mul (x, e)
        }
        """,
        """
        g (float[2] x) => (float[2] y) <float[1] e = {1.721257}> {
          y = Mul (x, e)
        }
        """,
        Tolerance.FLOAT32);
  }

  @Test
  void quantizedWeightsStayQuantized() {
    Model model =
        OnnxText.parse(
            """
            g (float[2] x) => (float[2] y) <uint8[2] q = {1, 2}, float s = {0.5}> {
              w = DequantizeLinear (q, s)
              y = Mul (x, w)
            }
            """);
    Pipeline.of(Pass.of(new FoldConstants(new RuntimeEvaluator(), FoldConstants.DEFAULT_LIMIT)))
        .run(model);
    assertThat(model.graph().nodes())
        .extracting(Node::opType)
        .containsExactly("DequantizeLinear", "Mul");
  }
}
