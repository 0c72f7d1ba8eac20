package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxTextTest {
  @Test
  void readsTheUsualParts() {
    Model model =
        OnnxText.parse(
            """
            <
              ir_version: 9,
              opset_import: ["" : 18, "com.example" : 2],
              producer_name: "a tool",
              metadata_props: ["labels": "yes,no"]
            >
            agraph (float[N,?,4] x, int64 axis) => (float[] y)
            # A comment.
            <float[4,3] "fc.weight" = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1.5e1}, float[N,?,3] h>
            {
              [matmul] h = MatMul (x, "fc.weight")
              clipped = Clip (h, "", axis)
              y, "" = com.example.Odd <a = 1, b: float = 2, c = [1.5, 2], d = "text"> (clipped)
            }
            """);

    assertThat(model.info().irVersion()).isEqualTo(9);
    assertThat(model.opsets()).containsEntry("", 18).containsEntry("com.example", 2);
    assertThat(model.metadata()).containsEntry("labels", "yes,no");
    Graph graph = model.graph();
    assertThat(graph.inputs().getFirst().shape())
        .contains(Shape.of(List.of(Dim.of("N"), Dim.unknown(), Dim.of(4))));
    assertThat(graph.inputs().get(1).shape()).contains(Shape.of());
    assertThat(graph.outputs().getFirst().type()).contains(ValueType.tensor(DataType.FLOAT, null));
    assertThat(graph.initializers().getFirst().initializer())
        .contains(DenseTensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -15}, 4, 3));
    Node matmul = graph.nodes().getFirst();
    assertThat(matmul.name()).isEqualTo("matmul");
    assertThat(matmul.output(0).shape()).map(Shape::rank).contains(3);
    assertThat(graph.nodes().get(1).input(1)).isEmpty();
    assertThat(graph.nodes().get(1).input(2)).contains(graph.inputs().get(1));
    Node odd = graph.nodes().get(2);
    assertThat(odd.domain()).isEqualTo("com.example");
    assertThat(odd.outputs()).hasSize(2).last().isNull();
    assertThat(odd.attributes())
        .containsEntry("a", Attribute.of(1))
        .containsEntry("b", Attribute.of(2f))
        .containsEntry("c", Attribute.floats(List.of(1.5f, 2f)))
        .containsEntry("d", Attribute.of("text"));
  }

  @Test
  void subgraphsReadOuterValues() {
    Model model = OnnxText.parse(Texts.IF);
    Node branch = model.graph().nodes().getFirst();
    Value x = model.graph().inputs().get(1);
    assertThat(branch.subgraphs()).hasSize(2);
    assertThat(x.uses()).extracting(use -> use.node().opType()).containsExactly("Relu", "Neg");
    assertThat(branch.subgraphs().get(0).outputs().getFirst().name())
        .isEqualTo(branch.subgraphs().get(1).outputs().getFirst().name());
  }

  @ParameterizedTest
  @ValueSource(strings = {Texts.IF, Texts.TYPES, Texts.TENSORS, Texts.ATTRIBUTES, Texts.FUNCTION})
  void printedTextIsReadBack(String text) {
    Model model = OnnxText.parse(text);
    String printed = OnnxText.print(model);
    assertThat(OnnxText.print(OnnxText.parse(printed))).isEqualTo(printed);
    assertThat(ModelWriter.encode(OnnxText.parse(printed))).isEqualTo(ModelWriter.encode(model));
  }

  @Test
  void tensorsHoldTheElementsWritten() {
    Graph graph = OnnxText.parse(Texts.TENSORS).graph();
    assertThat(tensor(graph, "half").doubleAt(1)).isEqualTo(0.5);
    assertThat(tensor(graph, "brain").doubleAt(0)).isEqualTo(-2);
    assertThat(tensor(graph, "nibbles").longAt(2)).isEqualTo(-8);
    assertThat(tensor(graph, "nibbles").byteSize()).isEqualTo(2);
    assertThat(tensor(graph, "big").longAt(0)).isEqualTo(-1);
    assertThat(tensor(graph, "odd").toFloatArray())
        .containsExactly(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, -0f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "g",
        "g (x) => (y) {",
        "g (float[2 x) => (y) { y = Relu (x) }",
        "g (floot[2] x) => (y) { y = Relu (x) }",
        "g (float[2] x) => (y) { y = Relu <a = []> (x) }",
        "g (float[2] x) => (y) { y = Relu <a = [1, \"b\"]> (x) }",
        "g (float[2] x) => (y) <float[1] w = {1> { y = Add (x, w) }",
        "g (float[2] x) => (y) <int8[1] w = {5000000000}> { y = Add (x, w) }",
        "g (float[2] x) => (y) <float[N] w = {1}> { y = Add (x, w) }",
        "<size: 3> g (float[2] x) => (x) {}"
      })
  void placeOfAMistakeIsNamed(String text) {
    assertThatThrownBy(() -> OnnxText.parse(text))
        .isInstanceOfSatisfying(
            OctetException.class,
            e -> assertThat(e.diagnostics().getFirst().place()).startsWith("line "));
  }

  @Test
  void contradictionsAreNamedAsInFiles() {
    assertThatThrownBy(() -> OnnxText.parse("g (float[2] x) => (y) { [n] y = Relu (z) }"))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("Relu 'n'")
        .hasMessageContaining("'z'");
  }

  @Property(tries = 500, seed = "20261124")
  void anyNamesAndNumbersComeBack(
      @ForAll @StringLength(min = 1, max = 12) String name,
      @ForAll String text,
      @ForAll float number,
      @ForAll double wide,
      @ForAll long whole,
      @ForAll byte small) {
    Model model = Model.create(ModelInfo.octet(8), 17, name);
    model.edit(
        editor -> {
          Graph graph = model.graph();
          Shape shape = Shape.of(List.of(Dim.of(name), Dim.of(1)));
          Value input = editor.addInput(graph, name, ValueType.tensor(DataType.FLOAT, shape));
          Value floats =
              editor.addInitializer(
                  graph, name, DenseTensor.ofFloats(new float[] {number, -number}, 2));
          Value bytes =
              editor.addInitializer(
                  graph, name, DenseTensor.ofBytes(DataType.INT8, new byte[] {small}, 1, 1));
          Value longs = editor.addInitializer(graph, "", DenseTensor.scalar(whole));
          ByteBuffer eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          Value doubles =
              editor.addInitializer(
                  graph, "", DenseTensor.ofBytes(DataType.DOUBLE, eight.putDouble(wide).array()));
          NodeSpec spec =
              NodeSpec.of("Op")
                  .named(name)
                  .inputs(input, floats, null, bytes, longs, doubles)
                  .attribute("text", Attribute.of(text))
                  .attribute("number", Attribute.of(number))
                  .attribute(name, whole)
                  .attribute("list", Attribute.floats(List.of(number, 1f)));
          editor.addOutput(graph, editor.append(graph, spec).output(0));
          editor.setMetadata(text, name);
        });
    byte[] bytes = ModelWriter.encode(model);
    assertThat(ModelWriter.encode(OnnxText.parse(OnnxText.print(model)))).isEqualTo(bytes);
    assertThat(ModelWriter.encode(ModelReader.parse(bytes))).isEqualTo(bytes);
  }

  private static DenseTensor tensor(Graph graph, String name) {
    return (DenseTensor) graph.findValue(name).flatMap(Value::initializer).orElseThrow();
  }
}
