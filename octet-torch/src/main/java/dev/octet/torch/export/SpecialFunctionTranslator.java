package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Less common functions of one or two tensors, element by element, made of ONNX's.
final class SpecialFunctionTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.logaddexp",
        "aten.hypot",
        "aten.erfc",
        "aten.sinc",
        "aten.xlogy",
        "aten.special_xlogy",
        "aten.special_xlog1py",
        "aten.float_power",
        "aten.deg2rad",
        "aten.rad2deg",
        "aten.positive",
        "aten.copysign",
        "aten.heaviside",
        "aten.isclose",
        "aten.fmax",
        "aten.fmin",
        "aten.sgn",
        "aten.logit",
        "aten.signbit",
        "aten.ldexp",
        "aten.logaddexp2",
        "aten.special_entr",
        "aten.special_ndtr",
        "aten.isposinf",
        "aten.isneginf",
        "aten.nan_to_num");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    return switch (call.op()) {
      case "isposinf" -> Translation.of(infinite(onnx, call.tensor("self"), "detect_negative"));
      case "isneginf" -> Translation.of(infinite(onnx, call.tensor("self"), "detect_positive"));
      case "isclose" -> Translation.of(close(call, onnx));
      case "float_power" ->
          Translation.of(
              onnx.add("Pow", call.operand("self", type), call.operand("exponent", type)));
      case "xlogy", "special_xlogy", "special_xlog1py" ->
          Translation.of(timesLog(call, onnx, type));
      case "logaddexp", "hypot", "copysign", "fmax", "fmin" ->
          Translation.of(
              ofTwo(
                  call.op(), onnx, type, call.operand("self", type), call.operand("other", type)));
      case "heaviside" -> {
        Value self = call.operand("self", type);
        Value step = onnx.castTo(onnx.add("Greater", self, zero(onnx, type)), OnnxNodes.onnx(type));
        yield Translation.of(
            onnx.add(
                "Where",
                onnx.add("Equal", self, zero(onnx, type)),
                call.operand("values", type),
                step));
      }
      case "logit" -> Translation.of(logit(call, onnx, type));
      case "signbit" -> {
        TorchDtype own = call.meta("self").dtype();
        yield Translation.of(negative(onnx, own, call.tensor("self")));
      }
      case "ldexp" ->
          Translation.of(
              onnx.add(
                  "Mul",
                  call.operand("self", type),
                  onnx.add(
                      "Pow", onnx.scalar(OnnxNodes.onnx(type), 2), call.operand("other", type))));
      case "logaddexp2" -> {
        Value base = onnx.scalar(OnnxNodes.onnx(type), Math.log(2));
        Value natural =
            ofTwo(
                "logaddexp",
                onnx,
                type,
                onnx.add("Mul", call.operand("self", type), base),
                onnx.add("Mul", call.operand("other", type), base));
        yield Translation.of(onnx.add("Div", natural, base));
      }
      case "nan_to_num" -> Translation.of(withoutOddities(call, onnx, type));
      default -> Translation.of(ofOne(call.op(), onnx, type, call.operand("self", type)));
    };
  }

  private static Value ofOne(String op, OnnxNodes onnx, TorchDtype dtype, Value x) {
    DataType type = OnnxNodes.onnx(dtype);
    return switch (op) {
      case "erfc" -> onnx.add("Sub", onnx.scalar(type, 1), onnx.add("Erf", x));
      case "sinc" -> {
        Value turned = onnx.add("Mul", x, onnx.scalar(type, Math.PI));
        yield onnx.add(
            "Where",
            onnx.add("Equal", x, onnx.scalar(type, 0)),
            onnx.scalar(type, 1),
            onnx.add("Div", onnx.add("Sin", turned), turned));
      }
      case "deg2rad" -> onnx.add("Mul", x, onnx.scalar(type, Math.PI / 180));
      case "rad2deg" -> onnx.add("Mul", x, onnx.scalar(type, 180 / Math.PI));
      case "sgn" -> onnx.add("Sign", x);
      case "special_entr" -> {
        // −x·log x, 0 at 0 and −∞ below.
        Value inside = onnx.add("Neg", onnx.add("Mul", x, onnx.add("Log", x)));
        Value zero = onnx.scalar(type, 0);
        Value least = onnx.scalar(type, Double.NEGATIVE_INFINITY);
        Value rest = onnx.add("Where", onnx.add("Less", x, zero), least, inside);
        yield onnx.add("Where", onnx.add("Equal", x, zero), zero, rest);
      }
      case "special_ndtr" -> {
        Value turned = onnx.add("Erf", onnx.add("Mul", x, onnx.scalar(type, Math.sqrt(0.5))));
        Value doubled = onnx.add("Add", turned, onnx.scalar(type, 1));
        yield onnx.add("Mul", doubled, onnx.scalar(type, 0.5));
      }
      default -> x;
    };
  }

  private static Value ofTwo(String op, OnnxNodes onnx, TorchDtype dtype, Value x, Value y) {
    DataType type = OnnxNodes.onnx(dtype);
    return switch (op) {
      case "logaddexp" -> {
        // max + log(1 + exp(−|difference|)) cannot overflow.
        Value apart = onnx.add("Neg", onnx.add("Abs", onnx.add("Sub", x, y)));
        Value rest = onnx.add("Log", onnx.add("Add", onnx.add("Exp", apart), onnx.scalar(type, 1)));
        yield onnx.add("Add", onnx.add("Max", x, y), rest);
      }
      case "hypot" ->
          onnx.add("Sqrt", onnx.add("Add", onnx.add("Mul", x, x), onnx.add("Mul", y, y)));
      case "copysign" -> {
        Value size = onnx.add("Abs", x);
        yield onnx.add("Where", negative(onnx, dtype, y), onnx.add("Neg", size), size);
      }
      default -> {
        Value extreme = onnx.add(op.equals("fmax") ? "Max" : "Min", x, y);
        Value known = onnx.add("Where", onnx.add("IsNaN", y), x, extreme);
        yield onnx.add("Where", onnx.add("IsNaN", x), y, known);
      }
    };
  }

  private static Value negative(OnnxNodes onnx, TorchDtype dtype, Value x) {
    Value zero = onnx.scalar(OnnxNodes.onnx(dtype), 0);
    Value below = onnx.add("Less", x, zero);
    // 1 / −0 is negative: the sign of zero counts.
    return dtype.isFloat()
        ? onnx.add("Or", below, onnx.add("Less", onnx.add("Reciprocal", x), zero))
        : below;
  }

  private static Value logit(Call call, OnnxNodes onnx, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    Value x = call.operand("self", dtype);
    Value one = onnx.scalar(type, 1);
    if (call.given("eps")) {
      double eps = call.number("eps");
      x = onnx.add("Max", onnx.add("Min", x, onnx.scalar(type, 1 - eps)), onnx.scalar(type, eps));
    }
    return onnx.add("Log", onnx.add("Div", x, onnx.add("Sub", one, x)));
  }

  private static Value timesLog(Call call, OnnxNodes onnx, TorchDtype type) {
    Value x = call.operand("self", type);
    Value y = call.operand("other", type);
    Value argument =
        call.op().endsWith("1py") ? onnx.add("Add", y, onnx.scalar(OnnxNodes.onnx(type), 1)) : y;
    return onnx.add(
        "Where",
        onnx.add("Equal", x, zero(onnx, type)),
        zero(onnx, type),
        onnx.add("Mul", x, onnx.add("Log", argument)));
  }

  private static Value close(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.meta("self").dtype();
    DataType type = OnnxNodes.onnx(dtype);
    Value x = call.tensor("self");
    Value y = call.operand("other", dtype);
    Value allowed =
        onnx.add(
            "Add",
            onnx.scalar(type, call.number("atol")),
            onnx.add("Mul", onnx.scalar(type, call.number("rtol")), onnx.add("Abs", y)));
    Value near = onnx.add("LessOrEqual", onnx.add("Abs", onnx.add("Sub", x, y)), allowed);
    return onnx.add("Or", near, onnx.add("Equal", x, y));
  }

  private static Value withoutOddities(Call call, OnnxNodes onnx, TorchDtype dtype) {
    Value x = call.operand("self", dtype);
    DataType type = OnnxNodes.onnx(dtype);
    if (!type.isFloat()) {
      return x;
    }
    double most =
        type == DataType.DOUBLE
            ? Double.MAX_VALUE
            : type == DataType.FLOAT16 ? 65504 : Float.MAX_VALUE;
    Value nan = onnx.scalar(type, call.given("nan") ? call.number("nan") : 0);
    Value high = onnx.scalar(type, call.given("posinf") ? call.number("posinf") : most);
    Value low = onnx.scalar(type, call.given("neginf") ? call.number("neginf") : -most);
    Value known = onnx.add("Where", onnx.add("IsNaN", x), nan, x);
    Value below = onnx.add("Where", infinite(onnx, x, "detect_negative"), high, known);
    return onnx.add("Where", infinite(onnx, x, "detect_positive"), low, below);
  }

  private static Value infinite(OnnxNodes onnx, Value x, String undetected) {
    return onnx.add(NodeSpec.of("IsInf").inputs(x).attribute(undetected, Attribute.of(0L)));
  }

  private static Value zero(OnnxNodes onnx, TorchDtype type) {
    return onnx.scalar(OnnxNodes.onnx(type), 0);
  }
}
