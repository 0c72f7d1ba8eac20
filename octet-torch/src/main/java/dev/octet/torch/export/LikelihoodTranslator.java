package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Optional;
import java.util.Set;

/// How unlikely a target is, of single probabilities, logits, counts and distributions.
final class LikelihoodTranslator implements AtenTranslator {
  /// PyTorch's logarithm of no chance at all.
  private static final double LEAST_LOGARITHM = -100;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.binary_cross_entropy",
        "aten.binary_cross_entropy_with_logits",
        "aten.kl_div",
        "aten.poisson_nll_loss");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    Value losses =
        switch (call.op()) {
          case "binary_cross_entropy" -> ofProbabilities(call, onnx, type);
          case "binary_cross_entropy_with_logits" -> ofLogits(call, onnx, type);
          case "kl_div" -> ofDistributions(call, onnx, type);
          default -> ofCounts(call, onnx, type);
        };
    return Translation.of(LossReduction.of(call).of(onnx, losses));
  }

  private static Value ofProbabilities(Call call, OnnxNodes onnx, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    Value p = call.operand("self", dtype);
    Value t = call.operand("target", dtype);
    Value one = onnx.scalar(type, 1);
    Value least = onnx.scalar(type, LEAST_LOGARITHM);
    Value yes = onnx.add("Max", onnx.add("Log", p), least);
    Value no = onnx.add("Max", onnx.add("Log", onnx.add("Sub", one, p)), least);
    return weighted(
        call,
        onnx,
        dtype,
        onnx.add("Sub", onnx.add("Mul", onnx.add("Sub", t, one), no), onnx.add("Mul", t, yes)));
  }

  // (1 − t) · x + (1 + t · (w − 1)) · log(1 + exp(−x)), which overflows nowhere.
  private static Value ofLogits(Call call, OnnxNodes onnx, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    Value x = call.operand("self", dtype);
    Value t = call.operand("target", dtype);
    Value one = onnx.scalar(type, 1);
    Value miss = softplus(onnx, type, onnx.add("Neg", x));
    Optional<Value> positive = call.maybeTensor("pos_weight");
    if (positive.isPresent()) {
      Value more = onnx.add("Mul", t, onnx.add("Sub", positive.get(), one));
      miss = onnx.add("Mul", onnx.add("Add", more, one), miss);
    }
    Value linear = onnx.add("Mul", onnx.add("Sub", one, t), x);
    return weighted(call, onnx, dtype, onnx.add("Add", linear, miss));
  }

  // ONNX Runtime's operator knows floats only.
  private static Value softplus(OnnxNodes onnx, DataType type, Value x) {
    if (type != DataType.DOUBLE) {
      return onnx.add("Softplus", x);
    }
    Value small = onnx.add("Exp", onnx.add("Neg", onnx.add("Abs", x)));
    Value logarithm = onnx.add("Log", onnx.add("Add", small, onnx.scalar(type, 1)));
    return onnx.add("Add", onnx.add("Relu", x), logarithm);
  }

  private static Value weighted(Call call, OnnxNodes onnx, TorchDtype dtype, Value losses) {
    return call.given("weight") ? onnx.add("Mul", losses, call.operand("weight", dtype)) : losses;
  }

  private static Value ofDistributions(Call call, OnnxNodes onnx, TorchDtype dtype) {
    Value x = call.operand("self", dtype);
    Value t = call.operand("target", dtype);
    if (call.flag("log_target")) {
      return onnx.add("Mul", onnx.add("Exp", t), onnx.add("Sub", t, x));
    }
    Value zero = onnx.scalar(OnnxNodes.onnx(dtype), 0);
    Value entropy =
        onnx.add("Where", onnx.add("Equal", t, zero), zero, onnx.add("Mul", t, onnx.add("Log", t)));
    return onnx.add("Sub", entropy, onnx.add("Mul", t, x));
  }

  private static Value ofCounts(Call call, OnnxNodes onnx, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    Value x = call.operand("input", dtype);
    Value t = call.operand("target", dtype);
    Value losses =
        call.flag("log_input")
            ? onnx.add("Sub", onnx.add("Exp", x), onnx.add("Mul", t, x))
            : onnx.add(
                "Sub",
                x,
                onnx.add(
                    "Mul",
                    t,
                    onnx.add("Log", onnx.add("Add", x, onnx.scalar(type, call.number("eps"))))));
    return call.flag("full") ? onnx.add("Add", losses, stirling(onnx, type, t)) : losses;
  }

  /// What the logarithm of `t!` nearly is: `t · log t − t + ½ · log(2π · t)` for more than 1.
  private static Value stirling(OnnxNodes onnx, DataType type, Value t) {
    Value logarithm = onnx.add("Log", t);
    Value half =
        onnx.add(
            "Mul",
            onnx.add("Add", logarithm, onnx.scalar(type, Math.log(2 * Math.PI))),
            onnx.scalar(type, 0.5));
    Value whole = onnx.add("Add", onnx.add("Sub", onnx.add("Mul", t, logarithm), t), half);
    Value few = onnx.add("LessOrEqual", t, onnx.scalar(type, 1));
    return onnx.add("Where", few, onnx.scalar(type, 0), whole);
  }
}
