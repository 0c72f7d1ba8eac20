package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Optional;
import java.util.Set;

/// Dequantization of `quantized_decomposed` and torchao → `DequantizeLinear`. Grouped weights whose
/// codes fit 4 bits are stored so where the operator set has such a type.
final class DequantizeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "quantized_decomposed.dequantize_per_tensor",
        "quantized_decomposed.dequantize_per_channel",
        "quantized_decomposed.dequantize_per_channel_group",
        "quantized_decomposed.dequantize_per_token",
        "torchao.dequantize_affine");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value codes = call.tensor("input");
    Quantization quantization =
        call.op().endsWith("_affine")
            ? QuantizationArguments.affine(call, onnx)
            : QuantizationArguments.decomposed(call, onnx);
    Optional<Quantization> small =
        onnx.constantData(codes).flatMap(data -> inFourBits(onnx, quantization, data));
    if (small.isPresent()) {
      codes = onnx.derived(codes, small.get().grid().codes(onnx.constantData(codes).get()));
    }
    Value numbers = small.orElse(quantization).dequantize(onnx, codes);
    return Translation.of(onnx.cast(numbers, TorchDtype.FLOAT32, call.result().dtype()));
  }

  private static Optional<Quantization> inFourBits(
      OnnxNodes onnx, Quantization quantization, DenseTensor codes) {
    if (onnx.opset() < Quantization.BLOCKS_SINCE
        || !(quantization.granularity() instanceof Granularity.PerBlock)) {
      return Optional.empty();
    }
    return quantization
        .grid()
        .inFourBits()
        .filter(grid -> grid.holds(Quantization.integers(codes)))
        .flatMap(grid -> quantization.on(onnx, grid));
  }
}
