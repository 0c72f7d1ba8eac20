package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.TensorProto;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A `TensorProto` with a `segment` holds a part of its tensor: it is passed through, and nobody
/// takes it for the whole.
class PartialTensorTest {
  @TempDir private Path folder;

  @Test
  void aPartIsKeptButIsNoConstant() throws Exception {
    TensorProto part =
        half("w").setRawData(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3F})).build();
    TensorProto inNode = part.toBuilder().setName("in a node").build();
    ModelProto proto = model(part, inNode);

    Model model = ModelReader.parse(proto.toByteArray());
    Value weight = model.graph().findValue("w").orElseThrow();
    assertThat(weight.initializer()).isEmpty();
    assertThat(weight.isConstant()).isFalse();
    assertThat(weight.type()).contains(ValueType.tensor(DataType.FLOAT, Shape.of(2)));
    assertThat(model.graph().nodes().getFirst().tensorAttribute("value")).isEmpty();

    ModelProto written = ModelProto.parseFrom(ModelWriter.encode(model.copy()));
    assertThat(written.getGraph().getInitializerList()).containsExactly(part);
    assertThat(written.getGraph().getNode(0).getAttribute(0).getT()).isEqualTo(inNode);
  }

  @Test
  void itsDataMayLieBeside() throws Exception {
    Files.write(folder.resolve("data"), new byte[] {9, 1, 2, 3, 4, 9});
    TensorProto.Builder part = half("w").setDataLocation(TensorProto.DataLocation.EXTERNAL);
    part.addExternalDataBuilder().setKey("location").setValue("data");
    part.addExternalDataBuilder().setKey("offset").setValue("1");
    part.addExternalDataBuilder().setKey("length").setValue("4");
    Path file = folder.resolve("m.onnx");
    Files.write(file, model(part.build(), half("").build()).toByteArray());

    ModelProto written = ModelProto.parseFrom(ModelWriter.encode(ModelReader.read(file)));
    assertThat(written.getGraph().getInitializer(0).getRawData().toByteArray())
        .containsExactly(1, 2, 3, 4);
    assertThat(written.getGraph().getInitializer(0).getSegment()).isEqualTo(part.getSegment());

    part.getSegmentBuilder().setEnd(0);
    Files.write(file, model(part.build(), half("").build()).toByteArray());
    assertThatThrownBy(() -> ModelReader.read(file))
        .isInstanceOf(OctetException.class)
        .hasMessageContainingAll("m.onnx", "'w'", "a part of its data");
  }

  private static TensorProto.Builder half(String name) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1).addDims(2);
    tensor.getSegmentBuilder().setBegin(1).setEnd(2);
    return tensor;
  }

  private static ModelProto model(TensorProto initializer, TensorProto attribute) {
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
    model.addOpsetImportBuilder().setVersion(17);
    GraphProto.Builder graph = model.getGraphBuilder().setName("g").addInitializer(initializer);
    graph
        .addNodeBuilder()
        .setOpType("Constant")
        .addOutput("c")
        .addAttributeBuilder()
        .setName("value")
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(attribute);
    graph.addNodeBuilder().setOpType("Add").addInput("w").addInput("c").addOutput("y");
    graph.addOutputBuilder().setName("y");
    return model.build();
  }
}
