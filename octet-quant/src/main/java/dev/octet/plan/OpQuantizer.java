package dev.octet.plan;

import dev.octet.ir.Node;
import java.util.List;

/// One operator family's knowledge of how its nodes are quantized. To add a family: write one
/// class, test it, and add one line to [StandardOperators].
public interface OpQuantizer {
  /// Operator types handled: `Conv`, or with the domain for others than ONNX's own
  /// (`com.microsoft.Gelu`).
  List<String> opTypes();

  /// What would be done with `node`. Looks at the node and its constants, never at names.
  ///
  /// @param node a node of a type in [#opTypes()]
  /// @param facts what is known about the model around it
  NodeDecision decide(Node node, ModelFacts facts);
}
