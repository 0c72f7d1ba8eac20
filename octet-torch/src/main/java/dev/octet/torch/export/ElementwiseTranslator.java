package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Functions of one tensor, element by element, that ONNX has under some name with the same
/// meaning.
final class ElementwiseTranslator implements AtenTranslator {
  private static final int HALF_INFINITY_OPSET = 20;

  private static final Map<String, String> ONNX_NAMES =
      Map.ofEntries(
          Map.entry("aten.relu", "Relu"),
          Map.entry("aten.sigmoid", "Sigmoid"),
          Map.entry("aten.tanh", "Tanh"),
          Map.entry("aten.exp", "Exp"),
          Map.entry("aten.log", "Log"),
          Map.entry("aten.sqrt", "Sqrt"),
          Map.entry("aten.abs", "Abs"),
          Map.entry("aten.neg", "Neg"),
          Map.entry("aten.negative", "Neg"),
          Map.entry("aten.floor", "Floor"),
          Map.entry("aten.ceil", "Ceil"),
          Map.entry("aten.sign", "Sign"),
          Map.entry("aten.sin", "Sin"),
          Map.entry("aten.cos", "Cos"),
          Map.entry("aten.tan", "Tan"),
          Map.entry("aten.asin", "Asin"),
          Map.entry("aten.acos", "Acos"),
          Map.entry("aten.atan", "Atan"),
          Map.entry("aten.sinh", "Sinh"),
          Map.entry("aten.cosh", "Cosh"),
          Map.entry("aten.asinh", "Asinh"),
          Map.entry("aten.acosh", "Acosh"),
          Map.entry("aten.atanh", "Atanh"),
          Map.entry("aten.erf", "Erf"),
          Map.entry("aten.reciprocal", "Reciprocal"),
          Map.entry("aten.softsign", "Softsign"),
          Map.entry("aten.hardswish", "HardSwish"),
          Map.entry("aten.isnan", "IsNaN"),
          Map.entry("aten.isinf", "IsInf"));

  @Override
  public Set<String> operators() {
    return ONNX_NAMES.keySet();
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    String key = call.node().op().namespace() + "." + call.op();
    String name = Objects.requireNonNull(ONNX_NAMES.get(key));
    TorchDtype type = call.result().dtype();
    if (name.equals("Relu") && type.isInteger()) {
      return Translation.of(
          onnx.add("Max", call.tensor("self"), onnx.scalar(OnnxNodes.onnx(type), 0)));
    }
    return Translation.of(
        onnx.add(
            name,
            name.startsWith("Is") ? questioned(call, onnx, name) : call.operand("self", type)));
  }

  // ONNX asks these of floating point numbers only, and of half ones only since opset 20.
  private static Value questioned(Call call, OnnxNodes onnx, String name) {
    TorchDtype dtype = call.meta("self").dtype();
    boolean half = dtype.isFloat() && dtype.bytes() == 2;
    boolean known =
        dtype.isFloat() && !(half && name.equals("IsInf") && onnx.opset() < HALF_INFINITY_OPSET);
    return call.operand("self", known ? dtype : TorchDtype.FLOAT32);
  }
}
