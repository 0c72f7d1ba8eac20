package dev.octet.torch.export;

import java.util.Map;
import java.util.Set;

/// Functions of one tensor, element by element, that ONNX has under some name with the same
/// meaning.
final class ElementwiseTranslator implements AtenTranslator {
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
          Map.entry("aten.mish", "Mish"),
          Map.entry("aten.isnan", "IsNaN"),
          Map.entry("aten.isinf", "IsInf"),
          Map.entry("aten.bitwise_not", "BitwiseNot"));

  @Override
  public Set<String> operators() {
    return ONNX_NAMES.keySet();
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    String key = call.node().op().namespace() + "." + call.op();
    String name = java.util.Objects.requireNonNull(ONNX_NAMES.get(key));
    // On integers these give floats in PyTorch and exist for floats only in ONNX.
    boolean predicate = name.startsWith("Is");
    var input = predicate ? call.tensor("self") : call.operand("self", call.result().dtype());
    if (name.equals("BitwiseNot") && call.result().dtype().bytes() == 1) {
      boolean bool = call.result().dtype() == dev.octet.torch.graph.TorchDtype.BOOL;
      return Translation.of(onnx.add(bool ? "Not" : name, input));
    }
    return Translation.of(onnx.add(name, input));
  }
}
