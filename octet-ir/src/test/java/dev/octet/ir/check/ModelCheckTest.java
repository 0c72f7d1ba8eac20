package dev.octet.ir.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.DataType;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.OnnxText;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelCheckTest {
  private Model model;
  private Graph graph;

  @BeforeEach
  void parse() {
    model =
        OnnxText.parse(
            """
            g (float[2] x, bool c) => (float[2] z) <float[2] w = {1, 2}> {
              [add] a = Add (x, w)
              [if] z = If <
                then_branch = t () => (float[2] r) { r = Relu (a) },
                else_branch = e () => (float[2] r) { r = Exp (w) }
              > (c)
            }
            """);
    graph = model.graph();
  }

  @Test
  void soundModelsHaveNoFindings() {
    assertThat(ModelCheck.check(model)).isEmpty();
  }

  @Test
  void valuesReadTooEarlyAreFound() {
    finds(
        editor -> {
          Node late = editor.append(graph, NodeSpec.of("Neg").inputs(value("x")));
          editor.setInput(add(), 0, late.output(0));
        },
        "order",
        "Add 'add'");
  }

  @Test
  void valuesReadTooEarlyInASubgraphAreFound() {
    finds(
        editor -> {
          Node late = editor.append(graph, NodeSpec.of("Neg").inputs(value("x")));
          editor.setInput(branch(0).nodes().getFirst(), 0, late.output(0));
        },
        "order",
        "Relu computing 'r'");
  }

  @Test
  void valuesOfASiblingAreOutOfSight() {
    finds(
        editor -> editor.setInput(branch(1).nodes().getFirst(), 0, branch(0).outputs().getFirst()),
        "order",
        "Exp computing 'r'");
  }

  @Test
  void domainsNotImportedAreFoundOnce() {
    finds(
        editor -> {
          editor.append(graph, NodeSpec.of("com.example", "Odd").named("o1"));
          editor.append(graph, NodeSpec.of("com.example", "Odd").named("o2"));
        },
        "opset-missing",
        "com.example.Odd 'o1'");
    assertThat(ModelCheck.check(model)).hasSize(1);
  }

  @Test
  void hiddenNamesAreFound() {
    finds(
        editor -> {
          Value hiding = editor.namedValue("a", null);
          Node first = branch(0).nodes().getFirst();
          editor.insertBefore(first, NodeSpec.of("Neg").inputs(value("x")).outputs(hiding));
        },
        "name-hidden",
        "Relu computing 'r'");
  }

  @Test
  void duplicateNamesAreFound() {
    finds(
        editor -> {
          Value twin = editor.namedValue("x", null);
          editor.append(graph, NodeSpec.of("Neg").inputs(value("x")).outputs(twin));
        },
        "name-duplicate",
        "'x'");
  }

  @Test
  void typesThatContradictDataAreFound() {
    finds(
        editor -> editor.setType(value("w"), ValueType.tensor(DataType.FLOAT, Shape.of(3))),
        "initializer-type",
        "initializer 'w'");
    finds(
        editor -> editor.setType(value("w"), ValueType.tensor(DataType.INT8, null)),
        "initializer-type",
        "initializer 'w'");
  }

  @Test
  void operatorsWithoutNamesAreFound() {
    finds(
        editor -> editor.append(graph, NodeSpec.of("").named("n").inputs(value("x"))),
        "node-without-operator",
        "'n'");
  }

  private void finds(Consumer<GraphEditor> edit, String code, String place) {
    model.edit(edit);
    Diagnostic found = ModelCheck.check(model).getFirst();
    assertThat(found.code()).isEqualTo(code);
    assertThat(found.place()).contains(place);
  }

  private Value value(String name) {
    return graph.findValue(name).orElseThrow();
  }

  private Node add() {
    return graph.nodes().getFirst();
  }

  private Graph branch(int index) {
    return graph.nodes().get(1).subgraphs().get(index);
  }
}
