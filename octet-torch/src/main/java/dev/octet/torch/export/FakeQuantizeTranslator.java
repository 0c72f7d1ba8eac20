package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import java.util.Optional;
import java.util.Set;

/// Fake quantization, also with its observer (which an exported model does not run) →
/// `QuantizeLinear` and `DequantizeLinear`; of a constant → an integer initializer and
/// `DequantizeLinear`.
final class FakeQuantizeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.fake_quantize_per_tensor_affine",
        "aten.fake_quantize_per_tensor_affine_cachemask",
        "aten._fake_quantize_per_tensor_affine_cachemask_tensor_qparams",
        "aten._fake_quantize_learnable_per_tensor_affine",
        "aten.fake_quantize_per_channel_affine",
        "aten.fake_quantize_per_channel_affine_cachemask",
        "aten._fake_quantize_learnable_per_channel_affine",
        "aten.fused_moving_avg_obs_fake_quant",
        "aten._fused_moving_avg_obs_fq_helper",
        "aten._fused_moving_avg_obs_fq_helper_functional",
        "quantized_decomposed.fake_quant_per_channel");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value input = call.tensor(call.node().op().namespace().equals("aten") ? "self" : "input");
    if (!isOn(call, onnx)) {
      return Translation.of(input);
    }
    Quantization quantization = QuantizationArguments.fake(call, onnx);
    Optional<DenseTensor> constant =
        onnx.constantData(input).flatMap(data -> quantization.codesOf(onnx, data));
    Value codes =
        constant
            .map(data -> onnx.derived(input, data))
            .orElseGet(() -> quantization.quantize(onnx, input));
    return Translation.of(quantization.dequantize(onnx, codes));
  }

  /// Whether the call quantizes to more codes than 8 bits have.
  static boolean isWide(AtenNode node) {
    return node.op().name().contains("fake_quant")
        && node.argument("quant_max").orElse(null) instanceof AtenArgument.IntValue(long max)
        && max > 255;
  }

  private static boolean isOn(Call call, OnnxNodes onnx) {
    String flag = call.op().contains("fused") ? "fake_quant_on" : "fake_quant_enabled";
    if (call.node().argument(flag).isEmpty()) {
      return true;
    }
    return onnx.constantData(call.tensor(flag))
        .map(data -> Quantization.integers(data)[0] != 0)
        .orElseThrow(() -> new UnsupportedArgument(flag + " is not constant"));
  }
}
