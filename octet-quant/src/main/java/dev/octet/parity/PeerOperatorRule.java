package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.plan.NodePlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the peer does with a node of one operator where it writes integer operators. The table says
/// which operators follow which rule; all others stay in float.
interface PeerOperatorRule {
  Map<String, PeerOperatorRule> TABLE =
      Map.ofEntries(
          Map.entry("Conv", new PeerOperatorRules.Convolution()),
          Map.entry("Gemm", new PeerOperatorRules.Gemm()),
          Map.entry("MatMul", new PeerOperatorRules.MatMul()),
          Map.entry("Add", new PeerOperatorRules.Elementwise()),
          Map.entry("Mul", new PeerOperatorRules.Elementwise()),
          Map.entry("Concat", new PeerOperatorRules.Elementwise()),
          Map.entry("LeakyRelu", new PeerOperatorRules.Elementwise()),
          Map.entry("AveragePool", new PeerOperatorRules.Elementwise()),
          Map.entry("Sigmoid", new PeerOperatorRules.Sigmoid()),
          Map.entry("Softmax", new PeerOperatorRules.Softmax()),
          Map.entry("Relu", new PeerOperatorRules.Rectifier()),
          Map.entry("Clip", new PeerOperatorRules.Rectifier()),
          Map.entry("GlobalAveragePool", new PeerOperatorRules.GlobalAveragePool()),
          Map.entry("MaxPool", new PeerOperatorRules.Passing(12)),
          Map.entry("Resize", new PeerOperatorRules.Passing(11)),
          Map.entry("Reshape", new PeerOperatorRules.Passing(0)),
          Map.entry("Squeeze", new PeerOperatorRules.Passing(0)),
          Map.entry("Unsqueeze", new PeerOperatorRules.Passing(0)),
          Map.entry("Flatten", new PeerOperatorRules.Passing(0)),
          Map.entry("Transpose", new PeerOperatorRules.Passing(0)),
          Map.entry("Pad", new PeerOperatorRules.Pad()),
          Map.entry("Split", new PeerOperatorRules.Split()),
          Map.entry("ArgMax", new PeerOperatorRules.ArgMax()),
          Map.entry("Where", new PeerOperatorRules.Where()),
          Map.entry("Gather", new PeerOperatorRules.Gather()),
          Map.entry("EmbedLayerNormalization", new PeerOperatorRules.EmbedLayerNormalization()));

  /// Writes into the book what becomes codes around `node`.
  ///
  /// @return what happens to the node
  NodePlan.Fate plan(Node node, PeerOperatorBook book);

  /// The rule for an operator, whatever its domain: the peer does not look at it.
  static Optional<PeerOperatorRule> of(Node node) {
    return Optional.ofNullable(TABLE.get(node.opType()));
  }

  static NodePlan.Fate kept(String reason) {
    return new NodePlan.Fate.Kept(reason);
  }

  static NodePlan.Fate reading(List<NodePlan.Read> reads) {
    return new NodePlan.Fate.Quantized(reads, List.of());
  }
}
