package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Tensors put together along an axis → `Concat`.
final class JoinTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.cat", "aten.concat", "aten.concatenate", "aten.stack", "aten.hstack");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    boolean stack = call.op().equals("stack");
    List<Value> parts = new ArrayList<>();
    int rank = call.result().rank();
    int axis = call.op().equals("hstack") ? Math.min(1, rank - 1) : call.axis("dim", rank);
    for (String name : call.tensorNames("tensors")) {
      TensorMeta meta = call.metaOf(name);
      // PyTorch lets an empty vector stand for nothing in a list of any rank.
      if (!stack && meta.rank() == 1 && rank > 1 && meta.sizes().equals(List.of(SymInt.of(0)))) {
        continue;
      }
      Value part = onnx.cast(call.named(name), meta.dtype(), type);
      parts.add(stack ? onnx.add("Unsqueeze", part, onnx.vector(axis)) : part);
    }
    return Translation.of(
        parts.size() == 1
            ? parts.getFirst()
            : onnx.add(NodeSpec.of("Concat").inputs(parts).attribute("axis", axis)));
  }
}
