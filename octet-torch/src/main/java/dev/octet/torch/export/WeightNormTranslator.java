package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.Set;
import java.util.stream.LongStream;

/// Weight normalization, `g · v / ‖v‖` with the norm over all axes but one → `ReduceL2`, `Div`,
/// `Mul`, which constant folding removes.
final class WeightNormTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten._weight_norm", "aten._weight_norm_interface");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int rank = call.rank("v");
    long dim = call.axis("dim", rank);
    long[] axes = LongStream.range(0, rank).filter(axis -> axis != dim).toArray();
    Value v = call.tensor("v");
    Value norm =
        onnx.add(NodeSpec.of("ReduceL2").inputs(v, onnx.vector(axes)).attribute("keepdims", 1));
    return Translation.of(onnx.add("Mul", onnx.add("Div", v, norm), call.tensor("g")));
  }
}
