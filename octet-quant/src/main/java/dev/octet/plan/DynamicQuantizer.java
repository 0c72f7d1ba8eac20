package dev.octet.plan;

import dev.octet.ir.Node;
import java.util.List;

/// One operator family's knowledge of how its nodes are quantized while the model runs. To add a
/// family: write one class, test it, and add one line to [DynamicOperators].
interface DynamicQuantizer {
  /// Operator types handled: `Conv`, or with the domain for others than ONNX's own.
  List<String> opTypes();

  /// What would be done with `node`. Looks at the node and its constants, never at names.
  DynamicDecision decide(Node node, ModelFacts facts);
}
