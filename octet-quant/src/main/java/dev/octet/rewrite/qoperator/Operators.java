package dev.octet.rewrite.qoperator;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import java.util.Map;

/// Nodes by operator, whatever domain their operator is at home in.
final class Operators {
  /// The domain of ONNX Runtime's own operators.
  static final String MICROSOFT = "com.microsoft";

  private Operators() {}

  static boolean isQuantize(Node node) {
    return isOneOf(node, "QuantizeLinear");
  }

  static boolean isDequantize(Node node) {
    return isOneOf(node, "DequantizeLinear");
  }

  /// An operator of ONNX Runtime's with a float operator's attributes.
  static NodeSpec microsoft(String opType, Node attributesOf) {
    return NodeSpec.of(MICROSOFT, opType).attributes(attributesOf.attributes());
  }

  /// The same operator with the same attributes.
  static NodeSpec like(Node node) {
    return new NodeSpec(
        node.domain(),
        node.opType(),
        "",
        java.util.List.of(),
        java.util.List.of(),
        node.attributes(),
        node.extraFields());
  }

  /// A specification without one attribute.
  static NodeSpec without(NodeSpec spec, String attribute) {
    Map<String, dev.octet.ir.Attribute> rest = new java.util.LinkedHashMap<>(spec.attributes());
    rest.remove(attribute);
    return spec.attributes(rest);
  }

  private static boolean isOneOf(Node node, String opType) {
    return node.opType().equals(opType)
        && (node.domain().isEmpty() || node.domain().equals(MICROSOFT));
  }
}
