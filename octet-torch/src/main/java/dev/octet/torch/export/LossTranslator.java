package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Distances between a result and what was wanted, for programs that return them too.
final class LossTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.mse_loss", "aten.l1_loss", "aten.smooth_l1_loss", "aten.huber_loss");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    Value apart = onnx.add("Sub", call.operand("self", type), call.operand("target", type));
    Value losses =
        switch (call.op()) {
          case "mse_loss" -> onnx.add("Mul", apart, apart);
          case "l1_loss" -> onnx.add("Abs", apart);
          case "smooth_l1_loss" -> {
            double beta = call.number("beta");
            yield beta == 0
                ? onnx.add("Abs", apart)
                : onnx.add(
                    "Div",
                    rounded(onnx, apart, beta, type),
                    onnx.scalar(OnnxNodes.onnx(type), beta));
          }
          default -> rounded(onnx, apart, call.number("delta"), type);
        };
    return Translation.of(LossReduction.of(call).of(onnx, losses));
  }

  /// Half the square up to `delta`, from there on a line.
  private static Value rounded(OnnxNodes onnx, Value apart, double delta, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    Value size = onnx.add("Abs", apart);
    Value near = onnx.add("Mul", onnx.add("Mul", apart, apart), onnx.scalar(type, 0.5));
    Value far =
        onnx.add(
            "Mul", onnx.add("Sub", size, onnx.scalar(type, delta / 2)), onnx.scalar(type, delta));
    return onnx.add("Where", onnx.add("Less", size, onnx.scalar(type, delta)), near, far);
  }
}
