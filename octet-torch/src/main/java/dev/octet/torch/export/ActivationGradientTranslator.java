package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Gradients of activations: the gradient of the result, times the derivative at the input or,
/// where
/// that is shorter, in terms of the result.
final class ActivationGradientTranslator implements AtenTranslator {
  private static final double CUBIC = 0.044715;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.tanh_backward",
        "aten.sigmoid_backward",
        "aten.threshold_backward",
        "aten.hardtanh_backward",
        "aten.leaky_relu_backward",
        "aten.elu_backward",
        "aten.silu_backward",
        "aten.gelu_backward",
        "aten.mish_backward",
        "aten.softplus_backward",
        "aten.log_sigmoid_backward",
        "aten.hardswish_backward",
        "aten.hardsigmoid_backward",
        "aten._softmax_backward_data",
        "aten._log_softmax_backward_data");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype own = call.result().dtype();
    TorchDtype type = Promotion.accumulated(own);
    Value gradient = call.operand("grad_output", type);
    Value result =
        switch (call.op()) {
          case "_softmax_backward_data" -> {
            Value output = call.operand("output", type);
            Value weighted = onnx.add("Mul", gradient, output);
            yield onnx.add("Sub", weighted, onnx.add("Mul", output, sum(call, onnx, weighted)));
          }
          case "_log_softmax_backward_data" -> {
            Value shares = onnx.add("Exp", call.operand("output", type));
            yield onnx.add("Sub", gradient, onnx.add("Mul", shares, sum(call, onnx, gradient)));
          }
          default -> onnx.add("Mul", gradient, slope(call, new Slopes(onnx, type)));
        };
    return Translation.of(onnx.cast(result, type, own));
  }

  private static Value sum(Call call, OnnxNodes onnx, Value value) {
    int axis = call.axis("dim", call.rank("output"));
    return onnx.add(
        NodeSpec.of("ReduceSum").inputs(value, onnx.vector(axis)).attribute("keepdims", 1));
  }

  private static Value slope(Call call, Slopes of) {
    OnnxNodes onnx = of.onnx();
    return switch (call.op()) {
      case "tanh_backward" -> of.tanh(call.operand("output", of.type()));
      case "sigmoid_backward" -> {
        Value result = call.operand("output", of.type());
        yield onnx.add("Mul", result, onnx.add("Sub", of.number(1), result));
      }
      case "threshold_backward" ->
          of.choice(
              onnx.add(
                  "LessOrEqual",
                  call.operand("self", of.type()),
                  of.number(call.number("threshold"))),
              of.number(0),
              of.number(1));
      case "hardtanh_backward" ->
          of.inside(
              call.operand("self", of.type()), call.number("min_val"), call.number("max_val"), 1);
      case "leaky_relu_backward" ->
          of.choice(
              onnx.add("Greater", call.operand("self", of.type()), of.number(0)),
              of.number(1),
              of.number(call.number("negative_slope")));
      case "elu_backward" -> elu(call, of);
      case "silu_backward" -> {
        Value x = call.operand("self", of.type());
        Value share = onnx.add("Sigmoid", x);
        Value rest = onnx.add("Sub", of.number(1), share);
        yield onnx.add("Mul", share, onnx.add("Add", of.number(1), onnx.add("Mul", x, rest)));
      }
      case "gelu_backward" -> {
        Value x = call.operand("self", of.type());
        boolean byTanh =
            call.node().argument("approximate").orElse(null)
                    instanceof AtenArgument.StringValue(String kind)
                && kind.equals("tanh");
        yield byTanh ? of.geluByTanh(x) : of.gelu(x);
      }
      case "mish_backward" -> {
        Value x = call.operand("self", of.type());
        Value bent = onnx.add("Tanh", onnx.add("Softplus", x));
        Value steep = onnx.add("Mul", onnx.add("Mul", x, onnx.add("Sigmoid", x)), of.tanh(bent));
        yield onnx.add("Add", bent, steep);
      }
      case "softplus_backward" -> {
        Value scaled =
            onnx.add("Mul", call.operand("self", of.type()), of.number(call.number("beta")));
        Value straight = onnx.add("Greater", scaled, of.number(call.number("threshold")));
        yield of.choice(straight, of.number(1), onnx.add("Sigmoid", scaled));
      }
      case "log_sigmoid_backward" ->
          onnx.add("Sigmoid", onnx.add("Neg", call.operand("self", of.type())));
      case "hardswish_backward" -> {
        Value x = call.operand("self", of.type());
        Value middle = onnx.add("Add", onnx.add("Div", x, of.number(3)), of.number(0.5));
        Value high = of.choice(onnx.add("Less", x, of.number(3)), middle, of.number(1));
        yield of.choice(onnx.add("LessOrEqual", x, of.number(-3)), of.number(0), high);
      }
      default -> of.inside(call.operand("self", of.type()), -3, 3, 1.0 / 6);
    };
  }

  private static Value elu(Call call, Slopes of) {
    OnnxNodes onnx = of.onnx();
    Value known = call.operand("self_or_result", of.type());
    double scale = call.number("scale");
    double inner = call.number("input_scale");
    double bottom = call.number("alpha") * scale;
    Value bent =
        call.flag("is_result")
            ? onnx.add("Add", known, of.number(bottom))
            : onnx.add(
                "Mul",
                onnx.add("Exp", onnx.add("Mul", known, of.number(inner))),
                of.number(bottom));
    return of.choice(
        onnx.add("LessOrEqual", known, of.number(0)),
        onnx.add("Mul", bent, of.number(inner)),
        of.number(scale));
  }

  /// Derivatives in one element type.
  private record Slopes(OnnxNodes onnx, TorchDtype type) {

    Value number(double value) {
      return onnx.scalar(OnnxNodes.onnx(type), value);
    }

    Value choice(Value condition, Value yes, Value no) {
      return onnx.add("Where", condition, yes, no);
    }

    /// A constant between two bounds, nothing beyond them and at them.
    Value inside(Value x, double low, double high, double slope) {
      Value above = onnx.add("Greater", x, number(low));
      Value below = onnx.add("Less", x, number(high));
      return choice(onnx.add("And", above, below), number(slope), number(0));
    }

    /// Of `tanh`, by its result.
    Value tanh(Value result) {
      return onnx.add("Sub", number(1), onnx.add("Mul", result, result));
    }

    // Φ(x) + x · φ(x), of the normal distribution.
    Value gelu(Value x) {
      Value error = onnx.add("Erf", onnx.add("Mul", x, number(Math.sqrt(0.5))));
      Value share = onnx.add("Mul", onnx.add("Add", error, number(1)), number(0.5));
      Value square = onnx.add("Mul", onnx.add("Mul", x, x), number(-0.5));
      Value density = onnx.add("Mul", onnx.add("Exp", square), number(1 / Math.sqrt(2 * Math.PI)));
      return onnx.add("Add", share, onnx.add("Mul", x, density));
    }

    // Of ½ · x · (1 + tanh(k · (x + c · x³))).
    Value geluByTanh(Value x) {
      double k = Math.sqrt(2 / Math.PI);
      Value square = onnx.add("Mul", x, x);
      Value grown = onnx.add("Add", onnx.add("Mul", square, number(CUBIC)), number(1));
      Value bent = onnx.add("Tanh", onnx.add("Mul", onnx.add("Mul", x, grown), number(k)));
      Value inner = onnx.add("Add", onnx.add("Mul", square, number(3 * CUBIC * k)), number(k));
      Value steep = onnx.add("Mul", onnx.add("Mul", x, tanh(bent)), inner);
      Value whole = onnx.add("Add", onnx.add("Add", bent, number(1)), steep);
      return onnx.add("Mul", whole, number(0.5));
    }
  }
}
