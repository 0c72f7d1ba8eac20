package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import java.util.OptionalDouble;

/// What elementwise operators make of single numbers.
final class ChannelArithmetic {
  private ChannelArithmetic() {}

  /// Of one number; empty for operators not covered.
  static OptionalDouble of(Node node, double x, RewriteContext context) {
    return switch (node.opType()) {
      case "Abs" -> OptionalDouble.of(Math.abs(x));
      case "Clip" -> clip(node, x, context);
      case "Elu" -> OptionalDouble.of(x < 0 ? node.floatAttribute("alpha", 1) * Math.expm1(x) : x);
      case "HardSigmoid" ->
          OptionalDouble.of(
              hardSigmoid(
                  x, node.floatAttribute("alpha", 0.2f), node.floatAttribute("beta", 0.5f)));
      case "HardSwish" -> OptionalDouble.of(x * hardSigmoid(x, 1.0 / 6, 0.5));
      case "Identity" -> OptionalDouble.of(x);
      case "LeakyRelu" -> OptionalDouble.of(x < 0 ? node.floatAttribute("alpha", 0.01f) * x : x);
      case "Neg" -> OptionalDouble.of(-x);
      case "Relu" -> OptionalDouble.of(Math.max(0, x));
      case "Sigmoid" -> OptionalDouble.of(1 / (1 + Math.exp(-x)));
      case "Softplus" -> OptionalDouble.of(Math.log1p(Math.exp(x)));
      case "Tanh" -> OptionalDouble.of(Math.tanh(x));
      default -> OptionalDouble.empty();
    };
  }

  /// Of two numbers; empty for operators not covered.
  static OptionalDouble of(Node node, double x, double y) {
    return switch (node.opType()) {
      case "Add" -> OptionalDouble.of(x + y);
      case "Div" -> OptionalDouble.of(x / y);
      case "Max" -> OptionalDouble.of(Math.max(x, y));
      case "Min" -> OptionalDouble.of(Math.min(x, y));
      case "Mul" -> OptionalDouble.of(x * y);
      case "Sub" -> OptionalDouble.of(x - y);
      default -> OptionalDouble.empty();
    };
  }

  private static OptionalDouble clip(Node node, double x, RewriteContext context) {
    OptionalDouble least = bound(node, 1, "min", Double.NEGATIVE_INFINITY, context);
    OptionalDouble most = bound(node, 2, "max", Double.POSITIVE_INFINITY, context);
    return least.isEmpty() || most.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.min(Math.max(x, least.getAsDouble()), most.getAsDouble()));
  }

  /// A bound of `Clip`, in whichever form its opset says it; empty when it is computed.
  private static OptionalDouble bound(
      Node clip, int input, String attribute, double none, RewriteContext context) {
    if (clip.input(input).isEmpty()) {
      return OptionalDouble.of(
          clip.attributes().containsKey(attribute) ? clip.floatAttribute(attribute, 0) : none);
    }
    return ScalarConstants.input(clip, input, 1, context).stream()
        .mapToDouble(Double::doubleValue)
        .findFirst();
  }

  private static double hardSigmoid(double x, double alpha, double beta) {
    return Math.max(0, Math.min(1, alpha * x + beta));
  }
}
