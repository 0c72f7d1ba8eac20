package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Optional;
import java.util.Set;

/// Quantization of `quantized_decomposed` and torchao → `QuantizeLinear`, or an integer initializer
/// when all is constant. Grids narrower than their type get a `Clip`.
final class QuantizeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "quantized_decomposed.quantize_per_tensor",
        "quantized_decomposed.quantize_per_channel",
        "quantized_decomposed.quantize_per_channel_group",
        "quantized_decomposed.quantize_per_token",
        "torchao.quantize_affine");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value input = call.tensor("input");
    Quantization quantization =
        call.op().endsWith("_affine")
            ? QuantizationArguments.affine(call, onnx)
            : QuantizationArguments.decomposed(call, onnx);
    Optional<DenseTensor> codes =
        onnx.constantData(input).flatMap(data -> quantization.codesOf(onnx, data));
    return Translation.of(
        codes.isPresent()
            ? onnx.derived(input, codes.get())
            : quantization.quantize(
                onnx, onnx.cast(input, call.meta("input").dtype(), TorchDtype.FLOAT32)));
  }
}
