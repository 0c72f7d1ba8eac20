package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.TensorProto;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataTest {
  @TempDir Path outside;
  private Path folder;

  @BeforeEach
  void files() throws Exception {
    folder = Files.createDirectories(outside.resolve("models/deep"));
    Files.write(outside.resolve("secret"), new byte[64]);
    Files.write(folder.resolve("data"), new byte[] {9, 9, 9, 9, 0, 0, (byte) 0x80, 0x3F, 9});
    Files.createDirectories(folder.resolve("sub"));
    Files.write(folder.resolve("sub/data"), new byte[64]);
    Files.createSymbolicLink(folder.resolve("link-in"), folder.resolve("sub/data"));
    Files.createSymbolicLink(folder.resolve("link-out"), outside.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("folder-out"), outside);
  }

  @Test
  void dataIsMappedFromTheFileBeside() throws Exception {
    Tensor tensor = read("data", "4", "4");
    assertThat(tensor).isEqualTo(DenseTensor.ofFloats(new float[] {1}, 1));
    assertThat(tensor.data().isMapped()).isTrue();
    assertThat(read("sub/data", "0", "4").byteSize()).isEqualTo(4);
    assertThat(read("link-in", "8", "").byteSize()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../secret",
        "sub/../../../secret",
        "sub/../data",
        "link-out",
        "folder-out/secret",
        "/etc/hostname",
        ""
      })
  void nothingOutsideTheFolderIsRead(String location) {
    assertThatThrownBy(() -> read(location, "0", "4"))
        .isInstanceOf(OctetException.class)
        .hasMessageContainingAll("m.onnx", "'w'", "not inside the model's folder");
  }

  @ParameterizedTest
  @CsvSource({
    "missing, 0, 4, cannot be read",
    "sub, 0, 4, cannot be read",
    "data, 6, 4, has only 9",
    "data, 9223372036854775807, 4, not a byte count",
    "data, -1, 4, not a byte count",
    "data, x, 4, not a byte count",
    "data, 0, 8, ask for 4",
    "data, 0, 99999999999999999999, not a byte count"
  })
  void placesThatDoNotExistAreNamed(
      String location, String offset, String length, String complaint) {
    assertThatThrownBy(() -> read(location, offset, length))
        .isInstanceOf(OctetException.class)
        .hasMessageContainingAll("m.onnx", "'w'", complaint);
  }

  @Test
  void modelsFromMemoryHaveNoFolder() {
    assertThatThrownBy(() -> ModelReader.parse(model("data", "4", "4")))
        .isInstanceOf(OctetException.class)
        .hasMessageContainingAll("'w'", "was not read from a file");
  }

  @Test
  void largeTensorsCanBeWrittenBeside() throws Exception {
    float[] numbers = new float[300];
    java.util.Arrays.fill(numbers, 2.5f);
    Model model = OnnxText.parse("g (float[2] x) => (y) <float[1] s = {1}> { y = Add (x, s) }");
    model.edit(
        editor -> {
          editor.addInitializer(model.graph(), "a", DenseTensor.ofFloats(numbers, 300));
          editor.addInitializer(model.graph(), "b", DenseTensor.ofFloats(numbers, 3, 100));
        });
    Path file = folder.resolve("big.onnx");
    ModelWriter.write(model, file, TensorPlacement.BESIDE_MODEL);

    assertThat(Files.size(folder.resolve("big.onnx.data"))).isEqualTo(4096 + 1200);
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));
    assertThat(proto.getGraph().getInitializerList())
        .extracting(TensorProto::getDataLocation)
        .containsExactly(
            TensorProto.DataLocation.DEFAULT,
            TensorProto.DataLocation.EXTERNAL,
            TensorProto.DataLocation.EXTERNAL);
    assertThat(ModelWriter.encode(ModelReader.read(file))).isEqualTo(ModelWriter.encode(model));

    // A model may be written over the very files its tensors are mapped from.
    Model mapped = ModelReader.read(file);
    ModelWriter.write(mapped, file, TensorPlacement.BESIDE_MODEL);
    assertThat(ModelWriter.encode(ModelReader.read(file))).isEqualTo(ModelWriter.encode(model));
  }

  private Tensor read(String location, String offset, String length) throws Exception {
    Path file = folder.resolve("m.onnx");
    Files.write(file, model(location, offset, length));
    return ModelReader.read(file).graph().initializers().getFirst().initializer().orElseThrow();
  }

  private static byte[] model(String location, String offset, String length) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(1)
            .addDims(1)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    tensor.addExternalDataBuilder().setKey("location").setValue(location);
    tensor.addExternalDataBuilder().setKey("offset").setValue(offset);
    if (!length.isEmpty()) {
      tensor.addExternalDataBuilder().setKey("length").setValue(length);
    }
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
    model.getGraphBuilder().setName("g").addInitializer(tensor);
    return model.build().toByteArray();
  }
}
