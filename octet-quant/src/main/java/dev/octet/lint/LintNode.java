package dev.octet.lint;

import dev.octet.ir.Node;
import dev.octet.plan.QuantizationScheme;

/// A node of the model that is looked at, with its address.
///
/// @param node the node, in the main graph or a subgraph
/// @param label how plans and patterns address it
/// @param operator its type, with the domain unless that is ONNX's own
public record LintNode(Node node, String label, String operator) {
  static LintNode of(Node node) {
    return new LintNode(node, QuantizationScheme.label(node), QuantizationScheme.opType(node));
  }
}
