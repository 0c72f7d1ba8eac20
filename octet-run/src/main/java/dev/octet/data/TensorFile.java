package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads a file that holds one `TensorProto`.
///
/// Tensors are decoded in one place only, as initializers of a model; so the message is wrapped in
/// the least model there is. Protobuf makes that a matter of prefixes.
final class TensorFile {
  private static final int MODEL_IR_VERSION = 1;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSET_IMPORT = 8;
  private static final int OPSET_VERSION = 2;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int TENSOR_NAME = 8;

  private TensorFile() {}

  /// @param message an encoded `TensorProto`
  /// @param place for messages
  /// @throws OctetException `BAD_INPUT` when it is not one
  static Tensor read(byte[] message, String place) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    tensor.writeBytes(message);
    // Of a field given twice the last one counts, and an initializer must have a name.
    bytes(tensor, TENSOR_NAME, "tensor".getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream graph = new ByteArrayOutputStream();
    bytes(graph, GRAPH_NAME, "tensor".getBytes(StandardCharsets.UTF_8));
    bytes(graph, GRAPH_INITIALIZER, tensor.toByteArray());
    ByteArrayOutputStream opset = new ByteArrayOutputStream();
    number(opset, OPSET_VERSION, 21);
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    number(model, MODEL_IR_VERSION, 10);
    bytes(model, MODEL_OPSET_IMPORT, opset.toByteArray());
    bytes(model, MODEL_GRAPH, graph.toByteArray());
    try {
      List<Value> initializers = ModelReader.parse(model.toByteArray()).graph().initializers();
      return initializers.getFirst().initializer().orElseThrow();
    } catch (OctetException cause) {
      throw OctetException.badInput(
          "not-a-tensor",
          place,
          "holds no ONNX tensor: " + cause.getMessage(),
          "expected an encoded TensorProto",
          cause);
    }
  }

  private static void bytes(ByteArrayOutputStream into, int field, byte[] value) {
    varint(into, field << 3 | 2);
    varint(into, value.length);
    into.writeBytes(value);
  }

  private static void number(ByteArrayOutputStream into, int field, int value) {
    varint(into, field << 3);
    varint(into, value);
  }

  private static void varint(ByteArrayOutputStream into, int value) {
    int rest = value;
    while (rest > 0x7F) {
      into.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    into.write(rest);
  }
}
