package dev.octet.parity;

import dev.octet.ir.Node;
import java.util.Map;

/// What the peer marks around a node of one operator in QDQ form. The rules are named after what
/// they do; the table says which operators follow which. Everything else is [PeerRules.Base].
interface PeerRule {
  Map<String, PeerRule> TABLE =
      Map.ofEntries(
          Map.entry("Conv", new PeerRules.Convolution()),
          Map.entry("ConvTranspose", new PeerRules.Convolution()),
          Map.entry("Gemm", new PeerRules.Gemm()),
          Map.entry("MatMul", new PeerRules.MatMul()),
          Map.entry("Clip", new PeerRules.Rectifier()),
          Map.entry("Relu", new PeerRules.Rectifier()),
          Map.entry("Reshape", new PeerRules.Passing(0)),
          Map.entry("Transpose", new PeerRules.Passing(0)),
          Map.entry("Squeeze", new PeerRules.Passing(0)),
          Map.entry("Unsqueeze", new PeerRules.Passing(0)),
          Map.entry("Flatten", new PeerRules.Passing(0)),
          Map.entry("AveragePool", new PeerRules.Passing(0)),
          Map.entry("Slice", new PeerRules.Passing(0)),
          Map.entry("TopK", new PeerRules.Passing(0)),
          Map.entry("Resize", new PeerRules.Passing(11)),
          Map.entry("MaxPool", new PeerRules.MaxPool()),
          Map.entry("Pad", new PeerRules.Pad()),
          Map.entry("Split", new PeerRules.Split()),
          Map.entry("Gather", new PeerRules.Gather()),
          Map.entry("GatherElements", new PeerRules.Gather()),
          Map.entry("Where", new PeerRules.Where()),
          Map.entry("InstanceNormalization", new PeerRules.Normalization()),
          Map.entry("LayerNormalization", new PeerRules.Normalization()),
          Map.entry("BatchNormalization", new PeerRules.Normalization()));

  /// Marks what is to be quantized around `node`.
  void mark(Node node, PeerMarker marker);

  /// The rule for an operator, whatever its domain: the peer does not look at it.
  static PeerRule of(Node node) {
    return TABLE.getOrDefault(node.opType(), PeerRules.BASE);
  }
}
