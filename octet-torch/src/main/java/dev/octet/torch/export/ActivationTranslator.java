package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Activations with parameters.
final class ActivationTranslator implements AtenTranslator {
  private static final int GELU_OPSET = 20;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.gelu",
        "aten.hardtanh",
        "aten.elu",
        "aten.celu",
        "aten.selu",
        "aten.leaky_relu",
        "aten.prelu",
        "aten.hardsigmoid",
        "aten.softplus",
        "aten.threshold",
        "aten.glu",
        "aten.softshrink",
        "aten.hardshrink",
        "aten.rrelu");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value x = call.tensor("self");
    DataType type = OnnxNodes.onnx(call.meta("self").dtype());
    return switch (call.op()) {
      case "gelu" -> Translation.of(gelu(call, onnx, x, type));
      case "hardtanh" ->
          Translation.of(
              onnx.add(
                  "Clip",
                  x,
                  onnx.scalar(type, call.number("min_val")),
                  onnx.scalar(type, call.number("max_val"))));
      case "elu" -> Translation.of(elu(call, onnx, x, type));
      case "selu" -> Translation.of(onnx.add("Selu", x));
      case "celu" -> Translation.of(alpha(onnx, "Celu", x, call.number("alpha")));
      case "leaky_relu" ->
          Translation.of(alpha(onnx, "LeakyRelu", x, call.number("negative_slope")));
      case "prelu" -> Translation.of(onnx.add("PRelu", x, slope(call, onnx)));
      case "hardsigmoid" -> Translation.of(alpha(onnx, "HardSigmoid", x, 1.0 / 6));
      case "softplus" -> Translation.of(softplus(call, onnx, x, type));
      case "threshold" ->
          Translation.of(
              onnx.add(
                  "Where",
                  onnx.add("Greater", x, onnx.scalar(type, call.number("threshold"))),
                  x,
                  onnx.scalar(type, call.number("value"))));
      case "glu" -> {
        long axis = call.axis("dim", call.rank("self"));
        List<Value> halves =
            onnx.add(
                NodeSpec.of("Split").inputs(x).attribute("axis", axis).attribute("num_outputs", 2),
                2);
        yield Translation.of(onnx.add("Mul", halves.get(0), onnx.add("Sigmoid", halves.get(1))));
      }
      case "softshrink" ->
          Translation.of(shrink(onnx, x, call.number("lambd"), call.number("lambd")));
      case "hardshrink" -> Translation.of(shrink(onnx, x, call.number("lambd"), 0));
      default -> {
        if (call.flag("training")) {
          yield Translation.unsupported("rrelu in training mode", "call model.eval() first");
        }
        yield Translation.of(
            alpha(onnx, "LeakyRelu", x, (call.number("lower") + call.number("upper")) / 2));
      }
    };
  }

  private static Value alpha(OnnxNodes onnx, String op, Value x, double alpha) {
    return onnx.add(NodeSpec.of(op).inputs(x).attribute("alpha", Attribute.of((float) alpha)));
  }

  private static Value shrink(OnnxNodes onnx, Value x, double lambda, double bias) {
    return onnx.add(
        NodeSpec.of("Shrink")
            .inputs(x)
            .attribute("lambd", Attribute.of((float) lambda))
            .attribute("bias", Attribute.of((float) bias)));
  }

  private static Value elu(Call call, OnnxNodes onnx, Value x, DataType type) {
    double scale = call.number("scale");
    double inner = call.number("input_scale");
    double alpha = call.number("alpha");
    if (inner == 1) {
      Value elu = alpha(onnx, "Elu", x, alpha);
      return scale == 1 ? elu : onnx.add("Mul", elu, onnx.scalar(type, scale));
    }
    Value power = onnx.add("Exp", onnx.add("Mul", x, onnx.scalar(type, inner)));
    Value below = onnx.add("Sub", power, onnx.scalar(type, 1));
    return onnx.add(
        "Where",
        onnx.add("Greater", x, onnx.scalar(type, 0)),
        onnx.add("Mul", x, onnx.scalar(type, scale)),
        onnx.add("Mul", below, onnx.scalar(type, alpha * scale)));
  }

  private static Value gelu(Call call, OnnxNodes onnx, Value x, DataType type) {
    boolean tanh = call.text("approximate").equals("tanh");
    if (onnx.opset() >= GELU_OPSET) {
      NodeSpec spec = NodeSpec.of("Gelu").inputs(x);
      return onnx.add(tanh ? spec.attribute("approximate", Attribute.of("tanh")) : spec);
    }
    Value inner;
    if (tanh) {
      Value cube = onnx.add("Mul", onnx.add("Mul", x, x), x);
      Value sum = onnx.add("Add", x, onnx.add("Mul", cube, onnx.scalar(type, 0.044715)));
      inner = onnx.add("Tanh", onnx.add("Mul", sum, onnx.scalar(type, Math.sqrt(2 / Math.PI))));
    } else {
      inner = onnx.add("Erf", onnx.add("Div", x, onnx.scalar(type, Math.sqrt(2))));
    }
    Value factor = onnx.add("Add", inner, onnx.scalar(type, 1));
    return onnx.add("Mul", onnx.add("Mul", x, factor), onnx.scalar(type, 0.5));
  }

  private static Value softplus(Call call, OnnxNodes onnx, Value x, DataType type) {
    double beta = call.number("beta");
    double threshold = call.number("threshold");
    Value scaled = beta == 1 ? x : onnx.add("Mul", x, onnx.scalar(type, beta));
    Value soft = onnx.add("Softplus", scaled);
    Value unscaled = beta == 1 ? soft : onnx.add("Div", soft, onnx.scalar(type, beta));
    return onnx.add(
        "Where", onnx.add("Greater", scaled, onnx.scalar(type, threshold)), x, unscaled);
  }

  // PyTorch's slope belongs to axis 1, ONNX's broadcasts from the last axis.
  private static Value slope(Call call, OnnxNodes onnx) {
    Value weight = call.tensor("weight");
    int rank = call.rank("self");
    if (call.rank("weight") != 1 || rank <= 2) {
      return weight;
    }
    long[] axes = LongStream.rangeClosed(1, rank - 2).toArray();
    return onnx.add("Unsqueeze", weight, onnx.vector(axes));
  }
}
