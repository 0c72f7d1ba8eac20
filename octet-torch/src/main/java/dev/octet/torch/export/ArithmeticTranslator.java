package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Arithmetic on two operands with broadcasting. Operands are brought to the recorded result type,
/// which is PyTorch's type promotion already applied.
final class ArithmeticTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.add",
        "aten.sub",
        "aten.subtract",
        "aten.rsub",
        "aten.mul",
        "aten.multiply",
        "aten.div",
        "aten.divide",
        "aten.true_divide",
        "aten.floor_divide",
        "aten.pow",
        "aten.remainder",
        "aten.fmod",
        "aten.maximum",
        "aten.minimum",
        "aten.atan2",
        "aten.square",
        "aten.lerp",
        "aten.addcmul",
        "aten.addcdiv");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    Value left = call.operand("self", type);
    return switch (call.op()) {
      case "add" -> Translation.of(sum(onnx, left, scaled(call, onnx, "other", type), type));
      case "sub", "subtract" ->
          Translation.of(onnx.add("Sub", left, scaled(call, onnx, "other", type)));
      case "rsub" -> {
        Value scaledSelf =
            call.number("alpha") == 1
                ? left
                : onnx.add("Mul", left, onnx.scalar(OnnxNodes.onnx(type), call.number("alpha")));
        yield Translation.of(onnx.add("Sub", call.operand("other", type), scaledSelf));
      }
      case "mul", "multiply" ->
          Translation.of(
              onnx.add(type == TorchDtype.BOOL ? "And" : "Mul", left, call.operand("other", type)));
      case "div", "divide", "true_divide", "floor_divide" -> division(call, onnx, left, type);
      case "pow" -> Translation.of(power(call, onnx, type));
      case "square" -> Translation.of(onnx.add("Mul", left, left));
      case "maximum" ->
          Translation.of(
              onnx.add(type == TorchDtype.BOOL ? "Or" : "Max", left, call.operand("other", type)));
      case "minimum" ->
          Translation.of(
              onnx.add(type == TorchDtype.BOOL ? "And" : "Min", left, call.operand("other", type)));
      case "fmod" ->
          Translation.of(
              onnx.add(
                  NodeSpec.of("Mod")
                      .inputs(left, call.operand("other", type))
                      .attribute("fmod", 1)));
      case "remainder" -> Translation.of(remainder(onnx, left, call.operand("other", type), type));
      case "atan2" -> Translation.of(angle(onnx, left, call.operand("other", type), type));
      case "lerp" -> {
        Value end = call.operand("end", type);
        Value step = onnx.add("Mul", onnx.add("Sub", end, left), call.operand("weight", type));
        yield Translation.of(onnx.add("Add", left, step));
      }
      default -> {
        String op = call.op().equals("addcmul") ? "Mul" : "Div";
        Value term = onnx.add(op, call.operand("tensor1", type), call.operand("tensor2", type));
        Value scaledTerm =
            call.number("value") == 1
                ? term
                : onnx.add("Mul", term, onnx.scalar(OnnxNodes.onnx(type), call.number("value")));
        yield Translation.of(onnx.add("Add", left, scaledTerm));
      }
    };
  }

  private static Value sum(OnnxNodes onnx, Value left, Value right, TorchDtype type) {
    return onnx.add(type == TorchDtype.BOOL ? "Or" : "Add", left, right);
  }

  private static Value scaled(Call call, OnnxNodes onnx, String name, TorchDtype type) {
    Value value = call.operand(name, type);
    double alpha = call.number("alpha");
    return alpha == 1 ? value : onnx.add("Mul", value, onnx.scalar(OnnxNodes.onnx(type), alpha));
  }

  private static Translation division(Call call, OnnxNodes onnx, Value left, TorchDtype type) {
    Value right = call.operand("other", type);
    String mode =
        call.op().equals("floor_divide")
            ? "floor"
            : call.overload().endsWith("mode") && call.given("rounding_mode")
                ? call.text("rounding_mode")
                : "";
    if (mode.isEmpty()) {
      return Translation.of(onnx.add("Div", left, right));
    }
    if (type.isFloat()) {
      Value quotient = onnx.add("Div", left, right);
      return Translation.of(
          mode.equals("floor")
              ? onnx.add("Floor", quotient)
              : CompositeTranslator.truncated(onnx, quotient));
    }
    if (mode.equals("trunc")) {
      return Translation.of(onnx.add("Div", left, right));
    }
    // ONNX divides integers towards zero: take off what the sign-following Mod leaves, first.
    Value rest = onnx.add("Mod", left, right);
    return Translation.of(onnx.add("Div", onnx.add("Sub", left, rest), right));
  }

  private static Value power(Call call, OnnxNodes onnx, TorchDtype type) {
    Value base = call.operand("self", type);
    if (!call.isTensor("exponent") && call.number("exponent") == 2) {
      return onnx.add("Mul", base, base);
    }
    if (!call.isTensor("exponent") && call.number("exponent") == 0.5 && type.isFloat()) {
      return onnx.add("Sqrt", base);
    }
    return onnx.add("Pow", base, call.operand("exponent", type));
  }

  private static Value remainder(OnnxNodes onnx, Value left, Value right, TorchDtype type) {
    if (!type.isFloat()) {
      return onnx.add("Mod", left, right);
    }
    Value whole = onnx.add("Floor", onnx.add("Div", left, right));
    return onnx.add("Sub", left, onnx.add("Mul", whole, right));
  }

  // atan(y/x), moved by π into the quadrants left of the y axis.
  static Value angle(OnnxNodes onnx, Value y, Value x, TorchDtype type) {
    Value zero = onnx.scalar(OnnxNodes.onnx(type), 0);
    Value pi = onnx.scalar(OnnxNodes.onnx(type), Math.PI);
    Value angle = onnx.add("Atan", onnx.add("Div", y, x));
    Value turned =
        onnx.add(
            "Where",
            onnx.add("Less", y, zero),
            onnx.add("Sub", angle, pi),
            onnx.add("Add", angle, pi));
    return onnx.add("Where", onnx.add("Less", x, zero), turned, angle);
  }
}
