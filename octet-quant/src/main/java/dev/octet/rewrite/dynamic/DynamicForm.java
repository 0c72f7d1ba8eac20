package dev.octet.rewrite.dynamic;

import java.util.List;

/// How one operator family is written so that it computes on codes. To add a family: write one
/// class, test it, and add one line to [StandardDynamicForms].
interface DynamicForm {
  /// Operator types of ONNX's own domain, or with the domain for others
  /// (`com.microsoft.Attention`).
  List<String> opTypes();

  /// Puts nodes that compute on codes in the node's place.
  void write(DynamicNode node);
}
