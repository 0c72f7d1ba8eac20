package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Trained models as other tools wrote them, read and written back.
class RealModelsTest {
  @TempDir Path folder;

  static Stream<Path> models() {
    return SharedData.onnxModels().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void roundTripKeepsEverything(Path file) throws Exception {
    Path written = folder.resolve("written.onnx");
    ModelWriter.write(ModelReader.read(file), written);

    assertThat(written).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @MethodSource("models")
  void sameModelGivesSameBytes(Path file) throws Exception {
    Model model = ModelReader.read(file);
    byte[] bytes = ModelWriter.encode(model);
    assertThat(ModelWriter.encode(model.copy())).isEqualTo(bytes);
    assertThat(ModelWriter.encode(ModelReader.parse(bytes))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("models")
  void rawWeightsStayInTheMappedFile(Path file) throws Exception {
    long raw =
        ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
            .filter(tensor -> tensor.hasRawData() && !tensor.getRawData().isEmpty())
            .count();
    long mapped =
        ModelReader.read(file).graph().initializers().stream()
            .map(Value::initializer)
            .map(java.util.Optional::orElseThrow)
            .map(Tensor::data)
            .filter(data -> data.isMapped() && data.byteSize() > 0)
            .count();
    assertThat(mapped).isEqualTo(raw);
  }

  @ParameterizedTest
  @MethodSource("models")
  void textHoldsTheSameModel(Path file) {
    String text = OnnxText.print(ModelReader.read(file));
    assertThat(OnnxText.print(OnnxText.parse(text))).isEqualTo(text);
  }

  @Test
  void inputsWithDefaultsAreNoConstants() {
    Model model = ModelReader.read(SharedData.model("mnist8.onnx"));
    assertThat(model.graph().initializers())
        .hasSize(8)
        .allMatch(Value::isGraphInput)
        .noneMatch(Value::isConstant);
  }
}
