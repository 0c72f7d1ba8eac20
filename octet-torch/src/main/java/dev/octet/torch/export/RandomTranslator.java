package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Set;

/// Random tensors → `RandomUniformLike`, `RandomNormalLike`. ONNX Runtime draws other numbers than
/// PyTorch from the same seed.
final class RandomTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.rand", "aten.randn", "aten.rand_like", "aten.randn_like", "aten.randperm");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    String op = call.op().startsWith("randn") ? "RandomNormalLike" : "RandomUniformLike";
    if (call.op().equals("randperm")) {
      // The order of random numbers is a random order.
      Value count = onnx.sizes(List.of(call.size("n")));
      Value drawn = drawn(onnx, op, count, DataType.FLOAT);
      Value order = onnx.add(NodeSpec.of("TopK").inputs(drawn, count), 2).get(1);
      return Translation.of(type == DataType.INT64 ? order : onnx.castTo(order, type));
    }
    Value shape =
        call.op().endsWith("_like")
            ? onnx.shapeOf(call.tensor("self"))
            : onnx.sizes(call.sizes("size"));
    return Translation.of(drawn(onnx, op, shape, type));
  }

  private static Value drawn(OnnxNodes onnx, String op, Value shape, DataType type) {
    Value like = onnx.add("ConstantOfShape", shape);
    // ONNX Runtime draws no half numbers.
    DataType made = type == DataType.DOUBLE ? type : DataType.FLOAT;
    Value numbers = onnx.add(NodeSpec.of(op).inputs(like).attribute("dtype", made.onnxNumber()));
    return type == made ? numbers : onnx.castTo(numbers, type);
  }
}
