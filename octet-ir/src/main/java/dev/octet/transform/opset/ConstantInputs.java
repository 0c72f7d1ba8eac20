package dev.octet.transform.opset;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Attributes that become inputs: constants made for a node.
final class ConstantInputs {
  private ConstantInputs() {}

  /// Moves an attribute that lists integers to input `index`; where the node lacks it, does
  /// nothing.
  ///
  /// @return whether the node had it
  static boolean moveInts(Node node, String attribute, int index, RewriteContext context) {
    Optional<long[]> values = node.intsAttribute(attribute);
    if (values.isEmpty()) {
      return false;
    }
    context.editor().removeAttribute(node, attribute);
    set(node, index, attribute, DenseTensor.ofLongs(values.get(), values.get().length), context);
    return true;
  }

  /// Makes a constant input `index` of a node, named after it.
  static void set(Node node, int index, String role, DenseTensor tensor, RewriteContext context) {
    String hint = (node.name().isEmpty() ? node.output(0).name() : node.name()) + "_" + role;
    Value value = context.editor().addInitializer(node.graph(), hint, tensor);
    context.editor().setInput(node, index, value);
  }

  /// A scalar of a type that numbers in attributes stand for: floats and, where a later opset
  /// allows it, nothing else.
  ///
  /// @return empty for types that are not FLOAT, DOUBLE or FLOAT16
  static Optional<DenseTensor> scalar(DataType type, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT -> bytes.putFloat(value);
      case DOUBLE -> bytes.putDouble(value);
      case FLOAT16 -> bytes.putShort(Float.floatToFloat16(value));
      default -> {
        return Optional.empty();
      }
    }
    byte[] exact = new byte[bytes.position()];
    bytes.flip().get(exact);
    return Optional.of(DenseTensor.ofBytes(type, exact));
  }
}
