package dev.octet.testkit;

import static dev.octet.testkit.RewriteAssertions.assertRewrite;
import static dev.octet.testkit.RewriteAssertions.assertUnchanged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.OnnxText;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// The harness must refuse every kind of bad rewrite, or it proves nothing.
class RewriteAssertionsTest {
  private static final String BEFORE =
      """
      g (float[N,3] x) => (float[N,3] y) <float[3] w = {1, 2, 3}> {
        a = Add (x, w)
        b = Identity (a)
        y = LeakyRelu <alpha = 0.5> (b)
      }
      """;

  private static final String AFTER =
      """
      g (float[N,3] x) => (float[N,3] y) <float[3] bias = {1, 2, 3}> {
        [renamed] sum = Add (x, bias)
        y = LeakyRelu <alpha = 0.5> (sum)
      }
      """;

  @Test
  void acceptsARightRewrite() {
    assertRewrite(RewriteAssertionsTest::removeIdentities, BEFORE, AFTER, Tolerance.EXACT);
  }

  @Test
  void acceptsARightRewriteInASubgraph() {
    String before =
        """
        g (bool c, float[N] x) => (float[N] y) {
          y = If <
            then_branch = t () => (float[N] r) { i = Identity (x)
              r = Relu (i) },
            else_branch = e () => (float[N] r) { r = Neg (x) }
          > (c)
        }
        """;
    Consumer<Model> everywhere =
        model ->
            each(
                model.graph(),
                model,
                (editor, node) -> {
                  if (node.is("Identity")) {
                    editor.replaceAllUses(node.output(0), node.input(0).orElseThrow());
                    editor.remove(node);
                  }
                });
    assertRewrite(
        everywhere, before, before.replace("i = Identity (x)", "").replace("Relu (i)", "Relu (x)"));
  }

  @Test
  void refusesAnotherGraph() {
    for (String wrong :
        List.of(
            AFTER.replace("{1, 2, 3}", "{1, 2, 3.1}"),
            AFTER.replace("0.5", "0.25"),
            AFTER.replace("(x, bias)", "(bias, x)"),
            AFTER.replace("Add", "Mul"),
            AFTER.replace("(sum)\n", "(sum)\n  dead = Relu (sum)\n"),
            AFTER.replace("float[N,3] y", "float[N,4] y"),
            "<ir_version: 8, opset_import: [\"\": 16]>" + AFTER)) {
      assertThatThrownBy(
              () -> assertRewrite(RewriteAssertionsTest::removeIdentities, BEFORE, wrong))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("expected");
    }
  }

  @Test
  void refusesOtherOutputs() {
    Consumer<Model> wrong =
        model -> {
          removeIdentities(model);
          model.edit(
              editor ->
                  editor.setAttribute(model.graph().nodes().get(1), "alpha", Attribute.of(0.4f)));
        };
    assertThatThrownBy(() -> assertRewrite(wrong, BEFORE, AFTER.replace("0.5", "0.4")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("elements differ");
  }

  @Test
  void refusesARewriteThatNeverEnds() {
    Consumer<Model> growing =
        model ->
            model.edit(
                editor -> {
                  Node last = model.graph().nodes().getLast();
                  Value before = last.input(0).orElseThrow();
                  Node added = editor.insertBefore(last, NodeSpec.of("Identity").inputs(before));
                  editor.setInput(last, 0, added.output(0));
                });
    assertThatThrownBy(() -> assertRewrite(growing, BEFORE, BEFORE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("again");
  }

  @Test
  void refusesAnUnsoundResult() {
    Consumer<Model> unordered =
        model ->
            model.edit(
                editor -> {
                  Graph graph = model.graph();
                  Node first = graph.nodes().getFirst();
                  Value x = first.input(0).orElseThrow();
                  Node late = editor.append(graph, NodeSpec.of("Identity").inputs(x));
                  editor.setInput(first, 0, late.output(0));
                });
    assertThatThrownBy(() -> assertRewrite(unordered, BEFORE, BEFORE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not sound");
  }

  @Test
  void unchangedMeansToTheLetter() {
    assertUnchanged(model -> {}, BEFORE);
    assertThatThrownBy(() -> assertUnchanged(RewriteAssertionsTest::removeIdentities, BEFORE))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void oracleRunsAndInfers() {
    Model model = OnnxText.parse(BEFORE);
    Map<String, Tensor> outputs =
        OnnxRuntimeOracle.run(
            model, Map.of("x", DenseTensor.ofFloats(new float[] {-2, -2, -2}, 1, 3)));
    assertThat(outputs)
        .containsExactly(Map.entry("y", DenseTensor.ofFloats(new float[] {-0.5f, 0, 1}, 1, 3)));
    assertThat(OnnxRuntimeOracle.inferTypes(model))
        .containsOnlyKeys("y", "a", "b")
        .containsEntry(
            "a", ValueType.tensor(DataType.FLOAT, Shape.of(List.of(Dim.of("N"), Dim.of(3)))));
  }

  @Test
  void oraclePassesEveryTypeThrough() {
    for (String type : List.of("float", "double", "float16", "int8", "uint8", "int32", "int64")) {
      Model model =
          OnnxText.parse("g (" + type + "[2,3] x) => (" + type + "[2,3] y) { y = Identity (x) }");
      Map<String, DenseTensor> inputs = RandomTensors.inputsOf(model, 7);
      assertThat(OnnxRuntimeOracle.run(model, inputs).get("y")).isEqualTo(inputs.get("x"));
    }
  }

  private static void removeIdentities(Model model) {
    model.edit(
        editor -> {
          for (Node node : model.graph().nodes()) {
            if (node.is("Identity")) {
              editor.replaceAllUses(node.output(0), node.input(0).orElseThrow());
              editor.remove(node);
            }
          }
        });
  }

  private static void each(Graph graph, Model model, BiConsumer<GraphEditor, Node> action) {
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(inner -> each(inner, model, action));
      model.edit(editor -> action.accept(editor, node));
    }
  }
}
