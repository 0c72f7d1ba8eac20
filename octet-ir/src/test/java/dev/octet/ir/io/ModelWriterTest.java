package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.ModelProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWriterTest {
  private static final String TEXT = "g (float[N] x) => (float[N] y) { a = Abs (x)\n y = Neg (a) }";

  @TempDir Path folder;

  @Test
  void unsoundModelsAreRefusedAndTheOldFileStays() throws Exception {
    Path file = folder.resolve("m.onnx");
    Files.writeString(file, "old");
    Model model = OnnxText.parse(TEXT);
    model.edit(
        editor -> {
          Node first = model.graph().nodes().getFirst();
          Node late = editor.append(model.graph(), NodeSpec.of("Exp").inputs(first.output(0)));
          editor.setInput(first, 0, late.output(0));
        });
    assertThatThrownBy(() -> ModelWriter.write(model, file))
        .isInstanceOfSatisfying(
            OctetException.class, e -> assertThat(e.kind()).isEqualTo(OctetException.Kind.FAILURE))
        .hasMessageContainingAll("m.onnx", "Abs", "computed later");
    assertThat(file).hasContent("old");
    assertThat(filesIn(folder)).containsExactly("m.onnx");
  }

  @Test
  void nothingIsLeftBesideTheFile() throws Exception {
    ModelWriter.write(OnnxText.parse(TEXT), folder.resolve("m.onnx"));
    ModelWriter.write(OnnxText.parse(TEXT), folder.resolve("m.onnx"));
    assertThat(filesIn(folder)).containsExactly("m.onnx");
  }

  @Test
  void linksAreWrittenThrough() throws Exception {
    Path real = folder.resolve("real.onnx");
    Files.writeString(real, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), real);
    ModelWriter.write(OnnxText.parse(TEXT), link);
    assertThat(link).isSymbolicLink();
    assertThat(OnnxText.print(ModelReader.read(real)))
        .isEqualTo(OnnxText.print(OnnxText.parse(TEXT)));
  }

  @Test
  void dataIsWrittenToWhereALinkLeadsAndNeverThroughOneOfItsOwn() throws Exception {
    Path deep = Files.createDirectory(folder.resolve("deep"));
    Path link = Files.createSymbolicLink(folder.resolve("l.onnx"), deep.resolve("m.onnx"));
    Files.writeString(folder.resolve("elsewhere"), "kept");
    Files.createSymbolicLink(deep.resolve("data"), folder.resolve("elsewhere"));
    Model model = OnnxText.parse(TEXT);
    model.edit(
        editor ->
            editor.addInitializer(
                model.graph(), "w", DenseTensor.ofFloats(new float[] {1, 2, 3, 4}, 2, 2)));

    ModelWriter.write(model, link, new ExternalData("data", 1));

    assertThat(filesIn(folder)).containsExactly("deep", "elsewhere", "l.onnx");
    assertThat(filesIn(deep)).containsExactly("data", "m.onnx");
    assertThat(folder.resolve("elsewhere")).hasContent("kept");
    assertThat(OnnxText.print(ModelReader.read(link))).isEqualTo(OnnxText.print(model));
  }

  @Test
  void placesThatCannotBeWrittenAreNamed() {
    Model model = OnnxText.parse(TEXT);
    assertThatThrownBy(() -> ModelWriter.write(model, folder))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> ModelWriter.write(model, folder.resolve("no/such/m.onnx")))
        .isInstanceOf(OctetException.class)
        .hasMessageContainingAll("m.onnx", "does not exist");
  }

  @Test
  void typesOfComputedValuesAreWritten() throws Exception {
    Model model = OnnxText.parse(TEXT);
    model.edit(
        editor ->
            editor.setType(
                model.graph().nodes().getFirst().output(0),
                ValueType.tensor(DataType.FLOAT, Shape.of(7))));
    ModelProto proto = ModelProto.parseFrom(ModelWriter.encode(model));
    assertThat(proto.getGraph().getValueInfoList())
        .singleElement()
        .satisfies(
            info -> {
              assertThat(info.getName()).isEqualTo("a");
              assertThat(info.getType().getTensorType().getShape().getDim(0).getDimValue())
                  .isEqualTo(7);
            });
  }

  @Test
  void formatVersionRisesOnlyWhenConstantsNeedIt() throws Exception {
    Model model =
        OnnxText.parse(
            "<ir_version: 3, opset_import: [\"\": 8]> "
                + "g (float[1] x, float[1] w = {1}) => (y) { y = Add (x, w) }");
    assertThat(ModelProto.parseFrom(ModelWriter.encode(model)).getIrVersion()).isEqualTo(3);
    model.edit(editor -> editor.addInitializer(model.graph(), "c", DenseTensor.scalar(1f)));
    assertThat(ModelProto.parseFrom(ModelWriter.encode(model)).getIrVersion()).isEqualTo(4);
  }

  private static List<String> filesIn(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
