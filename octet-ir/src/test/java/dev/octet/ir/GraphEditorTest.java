package dev.octet.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GraphEditorTest {
  private static final String TEXT =
      """
      g (float[2] x, bool c) => (float[2] y, float[2] z) <float[2] w = {1, 2}> {
        [add] a = Add (x, w)
        [abs] y = Abs (a)
        [neg] b = Neg (a)
        [if] z = If <
          then_branch = t () => (float[2] r) { r = Relu (b) },
          else_branch = e () => (float[2] r) { r = Exp (w) }
        > (c)
      }
      """;

  private Model model;
  private Graph graph;

  @BeforeEach
  void parse() {
    model = OnnxText.parse(TEXT);
    graph = model.graph();
  }

  @Test
  void usesAndProducersFollowEveryEdit() {
    Value a = value("a");
    assertThat(a.uses()).containsExactly(new Use(node("abs"), 0), new Use(node("neg"), 0));
    Value w = value("w");
    assertThat(w.uses()).hasSize(2);
    EditLog log =
        model.edit(
            editor -> {
              editor.setInput(node("neg"), 0, w);
              editor.setInput(node("abs"), 2, w);
            });
    assertThat(log.otherChanges()).isEqualTo(2);
    assertThat(a.uses()).containsExactly(new Use(node("abs"), 0));
    assertThat(w.uses()).hasSize(4).contains(new Use(node("abs"), 2), new Use(node("neg"), 0));
    assertThat(node("abs").input(1)).isEmpty();
    model.edit(editor -> editor.trimInputs(node("abs"), 1));
    assertThat(node("abs").inputs()).hasSize(1);
    assertThat(w.uses()).hasSize(3);
  }

  @Test
  void settingWhatIsSetIsNoChange() {
    EditLog log =
        model.edit(
            editor -> {
              editor.setInput(node("abs"), 0, value("a"));
              editor.trimInputs(node("abs"), 1);
              editor.setType(value("x"), ValueType.tensor(DataType.FLOAT, Shape.of(2)));
              editor.setOpset("ai.onnx", 17);
              editor.removeOpset("not.there");
              editor.removeMetadata("not there");
              editor.removeAttribute(node("abs"), "not there");
              editor.rename(node("abs"), "abs");
              editor.setInfo(model.info());
            });
    assertThat(log.changed()).isFalse();
  }

  @Test
  void nodesGoWhereTheyAreAsked() {
    model.edit(
        editor -> {
          editor.insertBefore(node("add"), NodeSpec.of("Abs").named("first").inputs(value("x")));
          editor.insertAfter(node("abs"), NodeSpec.of("Abs").named("abs").inputs(value("x")));
          editor.append(graph, NodeSpec.of("Abs").named("last").inputs(value("x")));
        });
    assertThat(graph.nodes())
        .extracting(Node::name)
        .containsExactly("first", "add", "abs", "abs_1", "neg", "if", "last");
    assertThat(graph.nodeCount()).isEqualTo(7);
  }

  @Test
  void namesOfCallersMoveWithTheOutput() {
    model.edit(
        editor -> {
          Node twice = editor.append(graph, NodeSpec.of("Add").inputs(value("a"), value("a")));
          editor.replaceAllUses(value("y"), twice.output(0));
          editor.remove(node("abs"));
        });
    assertThat(graph.outputs()).extracting(Value::name).containsExactly("y", "z");
    assertThat(graph.outputs().getFirst().producer()).map(Node::opType).contains("Add");
    assertThat(graph.outputs().getFirst().shape()).contains(Shape.of(2));
    ModelWriter.encode(model);
  }

  @Test
  void outputsOfSubgraphsAreReplacedToo() {
    Graph then = node("if").subgraphs().getFirst();
    Value r = then.outputs().getFirst();
    model.edit(
        editor -> {
          Node more = editor.append(then, NodeSpec.of("Abs").inputs(value("b")));
          editor.replaceAllUses(r, more.output(0));
        });
    assertThat(then.outputs().getFirst().producer()).map(Node::opType).contains("Abs");
    assertThat(then.outputs().getFirst().name()).isEqualTo("r");
    assertThat(r.isUnused()).isTrue();
  }

  @Test
  void outerValueReturnedFromASubgraphIsReplacedThere() {
    Model passing =
        OnnxText.parse(
            """
            g (float[2] x, bool c) => (float[2] z) {
              o = Abs (x)
              z = If <
                then_branch = t () => (o) {},
                else_branch = e () => (float[2] r) { r = Exp (x) }
              > (c)
            }
            """);
    Graph main = passing.graph();
    Graph then = main.nodes().get(1).subgraphs().getFirst();
    Node abs = main.nodes().getFirst();
    Value input = main.inputs().getFirst();
    passing.edit(
        editor -> {
          Node neg = editor.insertAfter(abs, NodeSpec.of("Neg").inputs(input));
          editor.replaceAllUses(abs.output(0), neg.output(0));
          editor.remove(abs);
        });
    assertThat(then.outputs().getFirst().producer()).map(Node::opType).contains("Neg");
    ModelWriter.encode(passing);
  }

  @Test
  void removingANodeFreesWhatItsSubgraphsRead() {
    Value b = value("b");
    Value w = value("w");
    model.edit(
        editor -> {
          editor.removeOutput(graph, 1);
          editor.remove(node("if"));
        });
    assertThat(b.isUnused()).isTrue();
    assertThat(w.uses()).hasSize(1);
    model.edit(editor -> assertThat(editor.newValue("r", null).name()).isEqualTo("r"));
  }

  @Test
  void freshNamesAreUniqueInTheWholeModel() {
    model.edit(
        editor -> {
          assertThat(editor.newValue("r", null).name()).isEqualTo("r_1");
          assertThat(editor.newValue("a", null).name()).isEqualTo("a_1");
          assertThat(editor.newValue("a", null).name()).isEqualTo("a_2");
          assertThat(editor.newValue("", null).name()).isEqualTo("value");
        });
  }

  @Test
  void aNameComesFreeWithItsValue() {
    model.edit(
        editor -> {
          Value unused = editor.addInitializer(graph, "k", DenseTensor.scalar(1f));
          editor.removeInitializer(graph, unused);
          assertThat(editor.newValue("k", null).name()).isEqualTo("k");
          editor.rename(value("a"), "hidden");
          assertThat(editor.newValue("a", null).name()).isEqualTo("a");
        });
  }

  @Test
  void anInputMayLoseItsDefaultAndAnInitializerItsInput() {
    model.edit(
        editor -> {
          Value w = value("w");
          editor.addInput(graph, w);
          assertThat(w.isConstant()).isFalse();
          editor.removeInitializer(graph, w);
          assertThat(graph.inputs()).contains(w);
          editor.setInitializer(graph, w, DenseTensor.ofFloats(new float[] {5, 6}, 2), NONE);
          editor.removeInput(graph, w);
          assertThat(w.isConstant()).isTrue();
        });
  }

  @Test
  void initializerWithoutInputTakesTheTypeOfItsData() {
    model.edit(editor -> editor.setInitializer(graph, value("w"), DenseTensor.scalar(1L), NONE));
    assertThat(value("w").type()).contains(ValueType.tensor(DataType.INT64, Shape.of()));
  }

  @Test
  void danglingEditsAreRefused() {
    refused(editor -> editor.remove(node("add")), "still used");
    refused(editor -> editor.remove(node("neg")), "still used");
    refused(editor -> editor.removeInput(graph, value("x")), "no source");
    refused(editor -> editor.removeInput(graph, value("a")), "no input");
    refused(editor -> editor.removeInitializer(graph, value("w")), "is used");
    refused(editor -> editor.removeInitializer(graph, value("x")), "no initializer");
    refused(editor -> editor.addInput(graph, value("a")), "computed by a node");
    refused(editor -> editor.addInput(graph, value("x")), "input already");
    refused(
        editor -> editor.setInitializer(graph, value("a"), DenseTensor.scalar(1f), NONE),
        "computed by a node");
    refused(editor -> editor.replaceAllUses(value("y"), value("x")), "cannot take the place");
    refused(editor -> editor.replaceAllUses(value("y"), value("z")), "cannot take the place");
    refused(editor -> editor.replaceAllUses(value("a"), value("a")), "replace itself");
    refused(
        editor -> editor.append(graph, NodeSpec.of("Abs").outputs(value("a"))),
        "has a source already");
    refused(
        editor -> {
          Value twice = editor.newValue("twice", null);
          editor.append(graph, NodeSpec.of("Split").outputs(twice, twice));
        },
        "computed twice");
    refused(
        editor -> editor.setAttribute(node("if"), "then_branch", Attribute.of(1)), "is a subgraph");
    refused(editor -> editor.removeAttribute(node("if"), "then_branch"), "is a subgraph");
    refused(
        editor ->
            editor.setAttribute(node("abs"), "body", Attribute.of(editor.newSubgraph("late"))),
        "subgraphs are given");
  }

  @Test
  void takenNamesAreRefused() {
    assertThatThrownBy(() -> model.edit(editor -> editor.rename(value("a"), "b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'b'");
    assertThat(OnnxText.print(model)).isEqualTo(OnnxText.print(OnnxText.parse(TEXT)));
  }

  @Test
  void valuesOfOtherModelsAreRefused() {
    Model other = OnnxText.parse(TEXT);
    Value foreign = other.graph().inputs().getFirst();
    refused(editor -> editor.setInput(node("abs"), 0, foreign), "another model");
    refused(editor -> editor.append(graph, NodeSpec.of("Abs").inputs(foreign)), "another model");
    refused(editor -> editor.addOutput(graph, foreign), "another model");
    refused(editor -> editor.replaceAllUses(value("a"), foreign), "another model");
    refused(editor -> editor.setType(foreign, null), "another model");
    refused(editor -> editor.append(other.graph(), NodeSpec.of("Abs")), "another model");
    refused(editor -> editor.remove(other.graph().nodes().get(1)), "");
  }

  @Test
  void anEditMustNotEndWithAValueWithoutSource() {
    assertThatThrownBy(
            () ->
                model.edit(
                    editor -> editor.setInput(node("abs"), 0, editor.newValue("nowhere", null))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void aValueMayBeReadBeforeItGetsItsSource() {
    model.edit(
        editor -> {
          Value late = editor.newValue("late", null);
          editor.setInput(node("abs"), 0, late);
          editor.insertBefore(node("abs"), NodeSpec.of("Exp").inputs(value("x")).outputs(late));
        });
    ModelWriter.encode(model);
  }

  @Test
  void anEditorIsDeadAfterItsEdit() {
    GraphEditor[] kept = new GraphEditor[1];
    model.edit(editor -> kept[0] = editor);
    assertThatThrownBy(() -> kept[0].setOpset("", 18))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("over");
  }

  @Test
  void editsOfLargeGraphsTakeLinearWork() {
    int size = 50_000;
    Model large = Model.create(ModelInfo.octet(8), 17, "large");
    large.edit(
        editor -> {
          Value last = editor.addInput(large.graph(), "x", null);
          for (int i = 0; i < size; i++) {
            Value constant = editor.addInitializer(large.graph(), "c", DenseTensor.scalar(1f));
            last =
                editor
                    .append(large.graph(), NodeSpec.of("Add").named("add").inputs(last, constant))
                    .output(0);
          }
          editor.addOutput(large.graph(), last);
        });
    // Quadratic work would take minutes here.
    large.edit(
        editor -> {
          for (Node node : large.graph().nodes().subList(0, size - 1)) {
            editor.replaceAllUses(node.output(0), node.input(0).orElseThrow());
            Value constant = node.input(1).orElseThrow();
            editor.remove(node);
            editor.removeInitializer(large.graph(), constant);
          }
        });
    assertThat(large.graph().nodeCount()).isEqualTo(1);
    assertThat(large.graph().initializers()).hasSize(1);
    assertThat(large.graph().inputs().getFirst().uses()).hasSize(1);
  }

  private static final OpaqueFields NONE = OpaqueFields.NONE;

  /// The edit throws and the model stays what it was.
  private void refused(Consumer<GraphEditor> edit, String reason) {
    String before = OnnxText.print(model);
    List<Integer> uses = graph.values().stream().map(value -> value.uses().size()).toList();
    assertThatThrownBy(() -> model.edit(edit))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(reason);
    assertThat(OnnxText.print(model)).isEqualTo(before);
    assertThat(graph.values().stream().map(value -> value.uses().size())).isEqualTo(uses);
  }

  private Value value(String name) {
    return graph.findValue(name).orElseThrow();
  }

  private Node node(String name) {
    return graph.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
