package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Functions of one tensor, element by element, that ONNX lacks and that take a few of its nodes.
final class CompositeTranslator implements AtenTranslator {
  private static final int MISH_OPSET = 18;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.rsqrt",
        "aten.expm1",
        "aten.log1p",
        "aten.log2",
        "aten.log10",
        "aten.exp2",
        "aten.trunc",
        "aten.frac",
        "aten.round",
        "aten.isfinite",
        "aten.silu",
        "aten.relu6",
        "aten.log_sigmoid",
        "aten.mish",
        "aten.tanhshrink");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    if (call.op().equals("isfinite")) {
      Value x = call.tensor("self");
      Value odd = onnx.add("Or", onnx.add("IsNaN", x), onnx.add("IsInf", x));
      return Translation.of(onnx.add("Not", odd));
    }
    Value x = call.operand("self", type);
    DataType onnxType = OnnxNodes.onnx(type);
    return switch (call.op()) {
      case "rsqrt" -> Translation.of(onnx.add("Reciprocal", onnx.add("Sqrt", x)));
      case "expm1" -> Translation.of(onnx.add("Sub", onnx.add("Exp", x), onnx.scalar(onnxType, 1)));
      case "log1p" -> Translation.of(onnx.add("Log", onnx.add("Add", x, onnx.scalar(onnxType, 1))));
      case "log2" -> Translation.of(logarithm(onnx, x, onnxType, Math.log(2)));
      case "log10" -> Translation.of(logarithm(onnx, x, onnxType, Math.log(10)));
      case "exp2" -> Translation.of(onnx.add("Pow", onnx.scalar(onnxType, 2), x));
      case "trunc" -> Translation.of(truncated(onnx, x));
      case "frac" -> Translation.of(onnx.add("Sub", x, truncated(onnx, x)));
      case "round" ->
          Translation.of(
              call.overload().equals("decimals")
                  ? rounded(onnx, x, onnxType, call.integer("decimals"))
                  : onnx.add("Round", x));
      case "silu" -> Translation.of(onnx.add("Mul", x, onnx.add("Sigmoid", x)));
      case "relu6" ->
          Translation.of(onnx.add("Clip", x, onnx.scalar(onnxType, 0), onnx.scalar(onnxType, 6)));
      case "mish" ->
          Translation.of(
              onnx.opset() >= MISH_OPSET
                  ? onnx.add("Mish", x)
                  : onnx.add("Mul", x, onnx.add("Tanh", onnx.add("Softplus", x))));
      case "log_sigmoid" ->
          Translation.of(onnx.add("Neg", onnx.add("Softplus", onnx.add("Neg", x))));
      default -> Translation.of(onnx.add("Sub", x, onnx.add("Tanh", x)));
    };
  }

  static Value truncated(OnnxNodes onnx, Value x) {
    return onnx.add("Mul", onnx.add("Sign", x), onnx.add("Floor", onnx.add("Abs", x)));
  }

  private static Value rounded(OnnxNodes onnx, Value x, DataType type, long decimals) {
    if (decimals == 0) {
      return onnx.add("Round", x);
    }
    Value power = onnx.scalar(type, Math.pow(10, Math.abs(decimals)));
    return decimals > 0
        ? onnx.add("Div", onnx.add("Round", onnx.add("Mul", x, power)), power)
        : onnx.add("Mul", onnx.add("Round", onnx.add("Div", x, power)), power);
  }

  private static Value logarithm(OnnxNodes onnx, Value x, DataType type, double base) {
    return onnx.add("Div", onnx.add("Log", x), onnx.scalar(type, base));
  }
}
