package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.plan.OutputFormat;
import java.util.Set;
import java.util.TreeSet;

/// Which operators the peer takes on: its three registries, and the choice among nodes.
final class PeerOperators {
  /// Operators with an integer form of their own.
  static final Set<String> QOPERATOR =
      Set.of(
          "ArgMax",
          "Conv",
          "Gemm",
          "MatMul",
          "Add",
          "Mul",
          "Relu",
          "Clip",
          "LeakyRelu",
          "Sigmoid",
          "MaxPool",
          "GlobalAveragePool",
          "Split",
          "Pad",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Flatten",
          "Resize",
          "AveragePool",
          "Concat",
          "Softmax",
          "Where",
          "Gather",
          "Transpose",
          "EmbedLayerNormalization");

  /// Operators with a rule of their own in QDQ form.
  static final Set<String> QDQ =
      Set.of(
          "Conv",
          "ConvTranspose",
          "Gemm",
          "Clip",
          "Relu",
          "Reshape",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Flatten",
          "Resize",
          "MaxPool",
          "AveragePool",
          "Slice",
          "Pad",
          "MatMul",
          "Split",
          "Gather",
          "GatherElements",
          "Where",
          "InstanceNormalization",
          "LayerNormalization",
          "BatchNormalization",
          "TopK",
          "CumSum");

  /// Operators that can be quantized while the model runs.
  static final Set<String> DYNAMIC =
      Set.of(
          "Conv", "MatMul", "Attention", "LSTM", "Gather", "Transpose", "EmbedLayerNormalization");

  private final PeerOptions options;
  private final Set<String> chosen;

  PeerOperators(PeerOptions options) {
    this.options = options;
    this.chosen = chosen(options);
  }

  /// Operator types that are quantized, whatever their domain: the peer does not look at it.
  static Set<String> chosen(PeerOptions options) {
    if (!options.opTypes().isEmpty()) {
      return options.opTypes();
    }
    Set<String> all = new TreeSet<>();
    if (options.format() == OutputFormat.DYNAMIC) {
      all.addAll(DYNAMIC);
    } else {
      all.addAll(QOPERATOR);
      all.addAll(QDQ);
    }
    return all;
  }

  /// Whether a node takes part (`should_quantize_node`).
  boolean takes(Node node) {
    return takes(node.opType(), node.name());
  }

  /// As [#takes(Node)], for a node that the peer has put in another's place.
  boolean takes(String opType, String name) {
    return (options.nodes().isEmpty() || options.nodes().contains(name))
        && chosen.contains(opType)
        && !opType.equals("QuantizeLinear")
        && !opType.equals("DequantizeLinear")
        && !options.excludedNodes().contains(name);
  }
}
