package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fake quantization, also with its observer (which an exported model does not run) →
/// `QuantizeLinear` and `DequantizeLinear`; of a constant → an integer initializer and
/// `DequantizeLinear`.
final class FakeQuantizeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.fake_quantize_per_tensor_affine",
        "aten.fake_quantize_per_tensor_affine_cachemask",
        "aten.fake_quantize_per_channel_affine",
        "aten.fake_quantize_per_channel_affine_cachemask",
        "aten.fused_moving_avg_obs_fake_quant");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean observed = call.op().startsWith("fused");
    if (observed && !isOn(call, onnx)) {
      return Translation.of(call.tensor("self"));
    }
    QuantizedGrid grid =
        QuantizedGrid.holding(call.integer("quant_min"), call.integer("quant_max"));
    Quantization quantization = quantization(call, onnx, grid, observed);
    Value input = call.tensor("self");
    Optional<DenseTensor> codes =
        onnx.constantData(input).flatMap(data -> quantization.codesOf(onnx, data));
    if (codes.isPresent()) {
      Value initializer = onnx.derived(input, codes.get());
      return Translation.of(quantization.dequantize(onnx, initializer));
    }
    Optional<DenseTensor> scale = onnx.constantData(quantization.scale());
    Value zeroPoint = quantization.zeroPoint();
    Optional<DenseTensor> zero =
        zeroPoint == null ? Optional.empty() : onnx.constantData(zeroPoint);
    if (grid.isNarrow() && quantization.axis() < 0 && scale.isPresent() && zero.isPresent()) {
      input = grid.clipped(onnx, input, scale.get().toFloatArray()[0], zero.get().longAt(0));
    } else if (grid.isNarrow()) {
      return Translation.unsupported("a narrow grid with a scale that is not one constant");
    }
    List<@Nullable Value> results = new ArrayList<>();
    results.add(quantization.dequantize(onnx, quantization.quantize(onnx, input)));
    return Translation.of(results);
  }

  private static Quantization quantization(
      Call call, OnnxNodes onnx, QuantizedGrid grid, boolean observed) {
    if (observed) {
      int axis = call.flag("per_row_fake_quant") ? (int) call.integer("ch_axis") : -1;
      return Quantization.ofTensors(
          onnx, grid, call.tensor("scale"), call.tensor("zero_point"), axis);
    }
    if (call.op().contains("per_channel")) {
      int axis = call.axis("axis", call.rank("self"));
      return Quantization.ofTensors(
          onnx, grid, call.tensor("scale"), call.tensor("zero_point"), axis);
    }
    return call.isTensor("scale")
        ? Quantization.ofTensors(onnx, grid, call.tensor("scale"), call.tensor("zero_point"), -1)
        : Quantization.ofNumbers(onnx, grid, call.number("scale"), call.integer("zero_point"));
  }

  private static boolean isOn(Call call, OnnxNodes onnx) {
    return onnx.constantData(call.tensor("fake_quant_on"))
        .map(data -> Quantization.integers(data)[0] != 0)
        .orElseThrow(() -> new UnsupportedArgument("fake_quant_on is not constant"));
  }
}
