package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.TensorProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// The outline of a model's file: a small model whose large initializers are the very bytes they
/// are in the file, as external data. Whoever opens it opens all of the model, without reading a
/// gigabyte of weights first.
public final class ModelOutline {
  // Larger than anything that decides shapes, which ONNX Runtime reads from inside a model only.
  private static final long LARGE = 1 << 16;

  private final MemorySegment file;
  private final String fileName;
  private final WeightLift.Lifted lifted;

  private ModelOutline(MemorySegment file, String fileName, WeightLift.Lifted lifted) {
    this.file = file;
    this.fileName = fileName;
    this.lifted = lifted;
  }

  /// Writes the outline of the model in `file`.
  ///
  /// @param outline to be written; in the same folder
  /// @throws OctetException of kind `BAD_INPUT` when the file holds no model
  /// @throws IOException when the outline cannot be written
  public static void write(Path file, Path outline) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Source source = new Source(file.toString());
      MemorySegment bytes = ModelReader.map(file, source, arena);
      ModelOutline written =
          new ModelOutline(
              bytes, String.valueOf(file.getFileName()), WeightLift.lift(bytes, source));
      ModelProto.Builder model = ModelProto.parseFrom(written.lifted.structure()).toBuilder();
      written.refer(model.getGraphBuilder());
      Files.write(outline, model.build().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what was just written can be read", e);
    }
  }

  private void refer(GraphProto.Builder graph) {
    graph
        .getInitializerBuilderList()
        .forEach(
            tensor -> {
              if (tensor.hasRawData()) {
                refer(tensor);
              }
            });
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
        restore(attribute);
      }
    }
  }

  private void refer(TensorProto.Builder tensor) {
    MemorySegment weight = lifted.weight(tensor.getRawData());
    if (weight.byteSize() < LARGE) {
      restore(tensor);
      return;
    }
    TensorSink.refer(
        tensor.clearRawData(), fileName, weight.address() - file.address(), weight.byteSize());
  }

  // Constants and subgraphs are small, and are what they were.
  private void restore(AttributeProto.Builder attribute) {
    if (attribute.hasT()) {
      restore(attribute.getTBuilder());
    }
    attribute.getTensorsBuilderList().forEach(this::restore);
    if (attribute.hasG()) {
      restore(attribute.getGBuilder());
    }
    attribute.getGraphsBuilderList().forEach(this::restore);
  }

  private void restore(GraphProto.Builder graph) {
    graph.getInitializerBuilderList().forEach(this::restore);
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      node.getAttributeBuilderList().forEach(this::restore);
    }
  }

  private void restore(TensorProto.Builder tensor) {
    if (tensor.hasRawData()) {
      MemorySegment weight = lifted.weight(tensor.getRawData());
      tensor.setRawData(ByteString.copyFrom(weight.toArray(ValueLayout.JAVA_BYTE)));
    }
  }
}
