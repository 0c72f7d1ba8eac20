package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Map;
import java.util.Set;

/// Comparisons and logic → BOOL tensors; bitwise operators on booleans are logic.
final class ComparisonTranslator implements AtenTranslator {
  private static final Map<String, String> COMPARISONS =
      Map.ofEntries(
          Map.entry("eq", "Equal"),
          Map.entry("lt", "Less"),
          Map.entry("le", "LessOrEqual"),
          Map.entry("gt", "Greater"),
          Map.entry("ge", "GreaterOrEqual"),
          Map.entry("less", "Less"),
          Map.entry("less_equal", "LessOrEqual"),
          Map.entry("greater", "Greater"),
          Map.entry("greater_equal", "GreaterOrEqual"));
  private static final Map<String, String> BITWISE =
      Map.of(
          "__and__", "And",
          "bitwise_and", "And",
          "__or__", "Or",
          "bitwise_or", "Or",
          "__xor__", "Xor",
          "bitwise_xor", "Xor");

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.eq",
        "aten.ne",
        "aten.not_equal",
        "aten.lt",
        "aten.le",
        "aten.gt",
        "aten.ge",
        "aten.less",
        "aten.less_equal",
        "aten.greater",
        "aten.greater_equal",
        "aten.logical_and",
        "aten.logical_or",
        "aten.logical_xor",
        "aten.logical_not",
        "aten.__and__",
        "aten.__or__",
        "aten.__xor__",
        "aten.bitwise_and",
        "aten.bitwise_or",
        "aten.bitwise_xor");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    String op = call.op();
    if (op.startsWith("logical_")) {
      Value left = call.operand("self", TorchDtype.BOOL);
      return Translation.of(
          switch (op) {
            case "logical_not" -> onnx.add("Not", left);
            case "logical_and" -> onnx.add("And", left, call.operand("other", TorchDtype.BOOL));
            case "logical_or" -> onnx.add("Or", left, call.operand("other", TorchDtype.BOOL));
            default -> onnx.add("Xor", left, call.operand("other", TorchDtype.BOOL));
          });
    }
    String bitwise = BITWISE.get(op);
    if (bitwise != null) {
      TorchDtype type = call.result().dtype();
      String name = type == TorchDtype.BOOL ? bitwise : "Bitwise" + bitwise;
      return Translation.of(
          onnx.add(name, call.operand("self", type), call.operand("other", type)));
    }
    TorchDtype type = Promotion.of(call, "self", "other");
    // ONNX orders no booleans.
    boolean equality = op.equals("eq") || op.equals("ne") || op.equals("not_equal");
    TorchDtype compared = type == TorchDtype.BOOL && !equality ? TorchDtype.INT32 : type;
    Value left = call.operand("self", compared);
    Value right = call.operand("other", compared);
    String name = COMPARISONS.get(op);
    return Translation.of(
        name == null
            ? onnx.add("Not", onnx.add("Equal", left, right))
            : onnx.add(name, left, right));
  }
}
