package dev.octet.equalize;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.List;

/// A way from one linear layer to the next on which channels can be rescaled.
///
/// @param first computes the channels: a Conv or Gemm with constant weights
/// @param between channel-wise, positively homogeneous nodes, in order; each result is read by the
///     next only
/// @param last reads the channels: a Conv, Gemm or MatMul with constant weights
/// @param activation the value whose channels should be alike: the result of the first node after
///     `first`, or of `first` itself when there is none
/// @param channels how many there are
public record ChannelPath(
    Node first, List<Node> between, Node last, Value activation, int channels) {
  public ChannelPath {
    between = List.copyOf(between);
  }

  /// `Conv 'a' → Relu 'b' → Conv 'c'`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(first.describe());
    between.forEach(node -> text.append(" → ").append(node.describe()));
    return text.append(" → ").append(last.describe()).toString();
  }
}
