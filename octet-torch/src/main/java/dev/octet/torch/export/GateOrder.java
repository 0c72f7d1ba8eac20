package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reorders the gates stacked along a recurrent weight's first axis.
final class GateOrder {
  private GateOrder() {}

  /// @param order for each place of the result, the place in `gates` it comes from
  static Value reorder(OnnxNodes onnx, Value gates, int[] order) {
    Optional<DenseTensor> data = onnx.constantData(gates);
    if (data.isPresent()) {
      return onnx.derived(gates, reorder(data.get(), order));
    }
    List<Value> parts =
        onnx.add(
            NodeSpec.of("Split")
                .inputs(gates)
                .attribute("axis", 0)
                .attribute("num_outputs", order.length),
            order.length);
    List<Value> ordered = new ArrayList<>();
    for (int place : order) {
      ordered.add(parts.get(place));
    }
    return onnx.add(NodeSpec.of("Concat").inputs(ordered).attribute("axis", 0));
  }

  private static DenseTensor reorder(DenseTensor gates, int[] order) {
    byte[] bytes = new byte[Math.toIntExact(gates.byteSize())];
    int block = bytes.length / order.length;
    java.lang.foreign.MemorySegment target = java.lang.foreign.MemorySegment.ofArray(bytes);
    for (int place = 0; place < order.length; place++) {
      target
          .asSlice((long) place * block, block)
          .copyFrom(gates.data().asSlice((long) order[place] * block, block));
    }
    long[] dims = gates.dims().stream().mapToLong(Long::longValue).toArray();
    return DenseTensor.ofBytes(gates.dataType(), bytes, dims);
  }
}
