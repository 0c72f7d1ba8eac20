package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;

/// Random tensors → `RandomUniformLike`, `RandomNormalLike`. ONNX Runtime draws other numbers than
/// PyTorch from the same seed.
final class RandomTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.rand",
        "aten.randn",
        "aten.rand_like",
        "aten.randn_like",
        "aten.randperm",
        "aten.bernoulli",
        "aten.normal",
        "aten.exponential");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.result().dtype();
    DataType type = OnnxNodes.onnx(dtype);
    switch (call.op()) {
      case "bernoulli" -> {
        Value shape = onnx.shapeOf(call.tensor("self"));
        Value drawn = drawn(onnx, "RandomUniformLike", shape, DataType.FLOAT);
        String chance = call.overload().equals("default") ? "self" : "p";
        Value likely = call.operand(chance, TorchDtype.FLOAT32);
        return Translation.of(onnx.castTo(onnx.add("Less", drawn, likely), type));
      }
      case "normal" -> {
        Value mean = call.operand("mean", dtype);
        Value spread = call.operand("std", dtype);
        Value shape =
            call.overload().equals("float_float")
                ? onnx.sizes(call.sizes("size"))
                : onnx.shapeOf(onnx.add("Add", mean, spread));
        Value scaled = onnx.add("Mul", drawn(onnx, "RandomNormalLike", shape, type), spread);
        return Translation.of(onnx.add("Add", scaled, mean));
      }
      case "exponential" -> {
        Value shape = onnx.shapeOf(call.tensor("self"));
        Value drawn = drawn(onnx, "RandomUniformLike", shape, type);
        // Zero may be drawn, one not.
        Value log = onnx.add("Log", onnx.add("Sub", onnx.scalar(type, 1), drawn));
        return Translation.of(onnx.add("Div", log, onnx.scalar(type, -call.number("lambd"))));
      }
      default -> {}
    }
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
