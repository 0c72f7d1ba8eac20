package dev.octet.rewrite;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;

/// Writes `QuantizeLinear` and `DequantizeLinear` nodes.
///
/// @param domain whose operators they are
record QdqNodes(String domain) {
  NodeSpec quantize(Value data, ParameterStore.Stored stored) {
    return node("QuantizeLinear", data, stored);
  }

  NodeSpec dequantize(Value data, ParameterStore.Stored stored) {
    return node("DequantizeLinear", data, stored);
  }

  private NodeSpec node(String opType, Value data, ParameterStore.Stored stored) {
    NodeSpec spec = NodeSpec.of(domain, opType).inputs(stored.inputs(data));
    return switch (stored.granularity()) {
      case Granularity.PerTensor() -> spec;
      case Granularity.PerChannel(int axis) -> spec.attribute("axis", axis);
      case Granularity.PerBlock(int axis, int size) ->
          spec.attribute("axis", axis).attribute("block_size", size);
    };
  }
}
