package dev.octet.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.OnnxText;
import dev.octet.testkit.RewriteAssertions;
import dev.octet.testkit.Tolerance;
import dev.octet.transform.rules.StandardPipelines;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StandardPipelinesTest {
  /// The end of a keyword spotter: pool over what is left, put channels last, classify.
  private static final String TAIL =
      """
      g (float[N,4,L] x) => (float[N,1,3] y)
      <float[4,3] w = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2},
       float[3] b = {1, 2, 3}> {
        p = AveragePool <kernel_shape = [L]> (x)
        t = Transpose <perm = [0, 2, 1]> (p)
        m = MatMul (t, w)
        a = Add (m, b)
        y = LogSoftmax <axis = 2> (a)
      }
      """;

  @Test
  void aTailOverOneElementNeedsNoPoolAndNoTranspose() {
    assertThat(prepared(TAIL.replace("L]", "1]")))
        .containsExactly("Reshape", "Gemm", "Reshape", "LogSoftmax");
  }

  @Test
  void aTailOverSeveralElementsPoolsGlobally() {
    assertThat(prepared(TAIL.replace("L]", "7]")))
        .containsExactly("GlobalAveragePool", "Reshape", "Gemm", "Reshape", "LogSoftmax");
  }

  @Test
  void rulesReachIntoSubgraphs() {
    Model model =
        OnnxText.parse(
            """
            g (bool c, float[N,2] x) => (float[N,2] y) {
              y = If (c) <
                then_branch = t () => (float[N,2] p) {
                  i = Identity (x)
                  k = Constant <value = float[2] {1, 2}> ()
                  p = Add (i, k)
                },
                else_branch = e () => (float[N,2] q) {
                  d = Dropout (x)
                  q = Relu (d)
                }
              >
            }
            """);
    StandardPipelines.prepare().run(model);
    Node branch = model.graph().nodes().getFirst();
    assertThat(branch.subgraphs())
        .flatExtracting(subgraph -> subgraph.nodes())
        .extracting(Node::opType)
        .containsExactly("Add", "Relu");
  }

  @Test
  void everyPassAndRuleCanBeSwitchedOffByName() {
    for (Pipeline pipeline : List.of(StandardPipelines.prepare(), StandardPipelines.export())) {
      for (String name : pipeline.catalog().keySet()) {
        assertThat(pipeline.disable(Set.of(name)).active())
            .isNotEqualTo(pipeline.enable(Set.of(name)).active());
      }
      assertThat(pipeline.catalog().values()).allMatch(text -> text.endsWith("."));
    }
    assertThatThrownBy(() -> StandardPipelines.prepare().disable(Set.of("fold-everything")))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("fold-everything")
        .hasMessageContaining("fold-constants");
  }

  @Test
  void aPassSwitchedOffDoesNotFire() {
    Model model = OnnxText.parse(TAIL.replace("L]", "1]"));
    StandardPipelines.prepare().disable(Set.of("remove-unit-pool")).run(model);
    assertThat(model.graph().nodes()).extracting(Node::opType).contains("GlobalAveragePool");
  }

  @Test
  void whatNeedsANewerOpsetIsRecognizedOnlyWhenAskedFor() {
    String text =
        """
        <ir_version: 9, opset_import: ["" : 20]>
        g (float[N,3] x) => (float[N,3] y) <float root = {1.41421356}, float half = {0.5}> {
          t = Div (x, root)
          e = Erf (t)
          one = Constant <value_float = 1.0> ()
          g = Add (e, one)
          h = Mul (x, half)
          y = Mul (h, g)
        }
        """;
    assertThat(prepared(text)).contains("Erf").doesNotContain("Gelu");
    Model model = OnnxText.parse(text);
    StandardPipelines.prepare().enable(Set.of("recognize-gelu")).run(model);
    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Gelu");
  }

  @Test
  void theReportSaysWhatFiredAndWhatDeclined() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,2] x) => (float[N,2] y, float[N,2] z) {
              [first] a = Identity (x)
              y = Relu (a)
              [last] z = Identity (x)
            }
            """);
    String report = StandardPipelines.prepare().run(model).toString();
    assertThat(report)
        .contains("remove-identity at Identity 'first': removed")
        .contains("remove-identity declined at Identity 'last'")
        .contains("3 → 2 nodes");
  }

  private static List<String> prepared(String text) {
    Model model =
        RewriteAssertions.assertRewriteKeepsOutputs(
            before -> StandardPipelines.prepare().run(before), text, Tolerance.FLOAT32);
    return model.graph().nodes().stream().map(Node::opType).toList();
  }
}
