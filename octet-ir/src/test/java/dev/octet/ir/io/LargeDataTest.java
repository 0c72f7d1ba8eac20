package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.StringStringEntryProto;
import dev.octet.ir.io.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sizes and offsets beyond what an `int` holds. The files are sparse: they take no room on disk.
class LargeDataTest {
  private static final long GIB = 1L << 30;

  /// Of the tensor called `large`: 3 GiB and one float.
  private static final long FLOATS = 3 * GIB / 4 + 1;

  @TempDir Path folder;

  @Test
  void aTensorBeyondTwoGibibytesIsReadFromAFileBeside() throws IOException {
    long offset = 2 * GIB + 4096;
    Path data = sparse("data", offset + 4 * FLOATS);
    put(data, offset, 1.5f);
    put(data, offset + 4 * (FLOATS - 1), -2.5f);
    ModelProto proto =
        model(
            TensorProto.newBuilder()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", "data"))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(4 * FLOATS))));
    Path file = Files.write(folder.resolve("m.onnx"), proto.toByteArray());

    expectEnds(ModelReader.read(file));
  }

  @Test
  void aTensorBeyondTwoGibibytesIsReadFromTheModelItself() throws IOException {
    // The model's own encoding, with a raw_data field of 3 GiB spliced in.
    byte[] tensor =
        TensorProto.newBuilder()
            .addDims(FLOATS)
            .setDataType(1)
            .setName("large")
            .build()
            .toByteArray();
    long dataSize = 4 * FLOATS;
    byte[] rawHeader = header(9, dataSize);
    long tensorSize = tensor.length + rawHeader.length + dataSize;
    byte[] tensorHeader = header(5, tensorSize);
    byte[] rest = GraphProto.newBuilder().setName("g").build().toByteArray();
    byte[] graphHeader = header(7, rest.length + tensorHeader.length + tensorSize);
    byte[] model = ModelProto.newBuilder().setIrVersion(8).build().toByteArray();

    ByteArrayOutputStream front = new ByteArrayOutputStream();
    for (byte[] part : new byte[][] {model, graphHeader, rest, tensorHeader, tensor, rawHeader}) {
      front.writeBytes(part);
    }
    Path file = sparse("m.onnx", front.size() + dataSize);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(front.toByteArray()), 0);
    }
    put(file, front.size(), 1.5f);
    put(file, front.size() + dataSize - 4, -2.5f);

    expectEnds(ModelReader.read(file));
  }

  @Test
  void sizesAndOffsetsOfLargeTensorsAreWrittenInFull() throws IOException {
    Path data = sparse("data", 4 * FLOATS);
    Model model =
        ModelReader.read(
            Files.write(
                folder.resolve("m.onnx"),
                model(
                        TensorProto.newBuilder()
                            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                            .addExternalData(entry("location", data.getFileName().toString())))
                    .toByteArray()));
    model.edit(
        editor -> {
          DenseTensor large =
              (DenseTensor) model.graph().initializers().getFirst().initializer().orElseThrow();
          editor.addInitializer(model.graph(), "again", large);
        });

    TensorSink tensors = TensorSink.beside(new ExternalData("beside", 1024));
    ModelProto proto = ModelWriter.encode(model, tensors);
    assertThat(tensors.asides())
        .extracting(TensorSink.Aside::offset)
        .containsExactly(0L, 3 * GIB + 4096);
    assertThat(proto.getGraph().getInitializer(1).getExternalDataList())
        .contains(
            entry("offset", Long.toString(3 * GIB + 4096)),
            entry("length", Long.toString(4 * FLOATS)));
    assertThat(ModelWriter.size(model)).isBetween(8 * FLOATS, 8 * FLOATS + 8192);
    assertThatThrownBy(() -> ModelWriter.encode(model))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("more than one message may hold");
  }

  private static void expectEnds(Model model) {
    DenseTensor tensor =
        (DenseTensor) model.graph().initializers().getFirst().initializer().orElseThrow();
    assertThat(tensor.data().isMapped()).isTrue();
    assertThat(tensor.byteSize()).isEqualTo(4 * FLOATS);
    assertThat(tensor.doubleAt(0)).isEqualTo(1.5);
    assertThat(tensor.doubleAt(FLOATS - 1)).isEqualTo(-2.5);
  }

  private static ModelProto model(TensorProto.Builder tensor) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setGraph(
            GraphProto.newBuilder()
                .setName("g")
                .addInitializer(tensor.addDims(FLOATS).setDataType(1).setName("large")))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static byte[] header(int field, long length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeTag(field, 2);
    out.writeUInt64NoTag(length);
    out.flush();
    return bytes.toByteArray();
  }

  private Path sparse(String name, long size) throws IOException {
    Path file = folder.resolve(name);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), size - 1);
    }
    return file;
  }

  private static void put(Path file, long offset, float value) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(bytes, offset);
    }
  }
}
