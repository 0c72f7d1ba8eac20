package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Softmax and its logarithm along one axis → `Softmax`, `LogSoftmax`.
final class SoftmaxTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.softmax",
        "aten.log_softmax",
        "aten._softmax",
        "aten._log_softmax",
        "aten._safe_softmax");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype computed = call.result().dtype();
    Value input = onnx.cast(call.tensor("self"), call.meta("self").dtype(), computed);
    int rank = call.rank("self");
    if (rank == 0) {
      return Translation.unsupported("softmax of a scalar");
    }
    long axis = call.axis("dim", rank);
    NodeSpec spec = NodeSpec.of(call.op().contains("log") ? "LogSoftmax" : "Softmax").inputs(input);
    Value result = onnx.add(axis == rank - 1 ? spec : spec.attribute("axis", axis));
    if (!call.op().equals("_safe_softmax")) {
      return Translation.of(result);
    }
    // Where everything is −∞ there is nothing to share out.
    Value zero = onnx.scalar(OnnxNodes.onnx(computed), 0);
    return Translation.of(onnx.add("Where", onnx.add("IsNaN", result), zero, result));
  }
}
