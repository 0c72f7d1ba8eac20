package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import java.util.Optional;
import java.util.Set;

/// `quantized_decomposed` quantization → `QuantizeLinear`, or an integer initializer when all is
/// constant. Grids narrower than their type get a `Clip` first.
final class QuantizeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "quantized_decomposed.quantize_per_tensor", "quantized_decomposed.quantize_per_channel");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value input = call.tensor("input");
    Quantization quantization = DequantizeTranslator.quantization(call, onnx);
    Optional<DenseTensor> codes =
        onnx.constantData(input).flatMap(data -> quantization.codesOf(onnx, data));
    if (codes.isPresent()) {
      return Translation.of(onnx.derived(input, codes.get()));
    }
    QuantizedGrid grid = quantization.grid();
    if (!grid.isNarrow()) {
      return Translation.of(quantization.quantize(onnx, input));
    }
    Optional<DenseTensor> scale = onnx.constantData(quantization.scale());
    Value zeroPoint = quantization.zeroPoint();
    Optional<DenseTensor> zero =
        zeroPoint == null ? Optional.empty() : onnx.constantData(zeroPoint);
    if (quantization.axis() >= 0 || scale.isEmpty() || zero.isEmpty()) {
      return Translation.unsupported(
          "codes from %d to %d of type %s with a scale that is not one constant"
              .formatted(grid.min(), grid.max(), grid.type()));
    }
    Value clipped = grid.clipped(onnx, input, scale.get().toFloatArray()[0], zero.get().longAt(0));
    return Translation.of(quantization.quantize(onnx, clipped));
  }
}
