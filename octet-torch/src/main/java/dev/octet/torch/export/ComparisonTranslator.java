package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/// Comparisons and logic → BOOL tensors; bitwise operators on booleans are logic.
final class ComparisonTranslator implements AtenTranslator {
  private static final int BITWISE_OPSET = 18;
  private static final int WORD = 32;

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
        "aten.bitwise_xor",
        "aten.bitwise_not",
        "aten.isin");
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
    if (op.equals("isin")) {
      return Translation.of(among(call, onnx));
    }
    if (op.equals("bitwise_not")) {
      return Translation.of(complement(call, onnx));
    }
    String bitwise = BITWISE.get(op);
    if (bitwise != null) {
      TorchDtype type = call.result().dtype();
      if (type != TorchDtype.BOOL && onnx.opset() < BITWISE_OPSET) {
        return Translation.of(bitByBit(call, onnx, bitwise, type));
      }
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

  // Each element beside each that is looked for.
  private static Value among(Call call, OnnxNodes onnx) {
    String elements = call.overload().startsWith("Tensor") ? "elements" : "element";
    String wanted = call.overload().endsWith("Tensor") ? "test_elements" : "test_element";
    TorchDtype type = Promotion.of(call, elements, wanted);
    Value apart = onnx.add("Unsqueeze", call.operand(elements, type), onnx.vector(-1));
    Value flat = onnx.add("Reshape", call.operand(wanted, type), onnx.vector(-1));
    Value hits = onnx.castTo(onnx.add("Equal", apart, flat), DataType.INT32);
    Value any =
        onnx.add(NodeSpec.of("ReduceMax").inputs(hits, onnx.vector(-1)).attribute("keepdims", 0));
    Value found = onnx.castTo(any, DataType.BOOL);
    return call.flag("invert") ? onnx.add("Not", found) : found;
  }

  // The bits of each integer along a new last axis, where logic works on them, and back: halves of
  // 64 bits one by one, for sums of integers are exact only up to 53 bits in ONNX Runtime.
  private static Value bitByBit(Call call, OnnxNodes onnx, String logic, TorchDtype type) {
    Value left = unsigned(onnx, call.operand("self", TorchDtype.INT64));
    Value right = unsigned(onnx, call.operand("other", TorchDtype.INT64));
    int width = 8 * type.bytes();
    Value low = word(onnx, logic, left, right, 0, Math.min(width, WORD));
    Value whole =
        width <= WORD
            ? low
            : onnx.add(
                "Add",
                low,
                onnx.add(
                    "Mul",
                    word(onnx, logic, left, right, WORD, WORD),
                    onnx.scalar(DataType.INT64, 1L << WORD)));
    return onnx.cast(whole, TorchDtype.INT64, type);
  }

  private static Value unsigned(OnnxNodes onnx, Value x) {
    return onnx.castTo(onnx.add("Unsqueeze", x, onnx.vector(-1)), DataType.UINT64);
  }

  private static Value word(
      OnnxNodes onnx, String logic, Value left, Value right, int from, int width) {
    long[] places = LongStream.range(from, from + width).toArray();
    long[] worth = LongStream.range(0, width).map(bit -> 1L << bit).toArray();
    Value shifts =
        onnx.castTo(onnx.constant("bits", DenseTensor.ofLongs(places, width)), DataType.UINT64);
    Value bits = onnx.add(logic, bits(onnx, left, shifts), bits(onnx, right, shifts));
    Value weights = onnx.constant("bits", DenseTensor.ofLongs(worth, width));
    Value weighed = onnx.add("Where", bits, weights, onnx.scalar(DataType.INT64, 0));
    return onnx.add(
        NodeSpec.of("ReduceSum").inputs(weighed, onnx.vector(-1)).attribute("keepdims", 0));
  }

  private static Value bits(OnnxNodes onnx, Value x, Value shifts) {
    Value shifted =
        onnx.add(
            NodeSpec.of("BitShift")
                .inputs(x, shifts)
                .attribute("direction", Attribute.of("RIGHT")));
    return onnx.castTo(onnx.add("Mod", shifted, onnx.scalar(DataType.UINT64, 2)), DataType.BOOL);
  }

  private static Value complement(Call call, OnnxNodes onnx) {
    Value x = call.tensor("self");
    TorchDtype type = call.result().dtype();
    if (type == TorchDtype.BOOL) {
      return onnx.add("Not", x);
    }
    return onnx.opset() < BITWISE_OPSET
        ? onnx.add("Sub", onnx.scalar(OnnxNodes.onnx(type), -1), x)
        : onnx.add("BitwiseNot", x);
  }
}
