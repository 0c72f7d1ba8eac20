package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Optional;
import java.util.Set;

/// `quantized_decomposed` dequantization → `DequantizeLinear`. The bounds of the grid do not matter
/// here.
final class DequantizeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "quantized_decomposed.dequantize_per_tensor",
        "quantized_decomposed.dequantize_per_channel");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Value dequantized = quantization(call, onnx).dequantize(onnx, call.tensor("input"));
    return Translation.of(onnx.cast(dequantized, TorchDtype.FLOAT32, call.result().dtype()));
  }

  /// Scale, zero point and grid of a call of either direction.
  static Quantization quantization(Call call, OnnxNodes onnx) {
    TorchDtype codes =
        call.dtype("dtype").orElseThrow(() -> new UnsupportedArgument("no code type is given"));
    QuantizedGrid whole = new QuantizedGrid(OnnxNodes.onnx(codes), 0, 0);
    boolean numbers = !call.isTensor("quant_min");
    QuantizedGrid grid =
        numbers
            ? whole.within(call.integer("quant_min"), call.integer("quant_max"))
            : constantBounds(call, onnx, whole);
    if (call.op().endsWith("per_channel")) {
      Optional<Value> zeros = call.maybeTensor("zero_points");
      int axis = call.axis("axis", call.rank("input"));
      return Quantization.ofTensors(onnx, grid, call.tensor("scales"), zeros.orElse(null), axis);
    }
    if (call.isTensor("scale")) {
      return Quantization.ofTensors(
          onnx, grid, call.tensor("scale"), call.tensor("zero_point"), -1);
    }
    return Quantization.ofNumbers(onnx, grid, call.number("scale"), call.integer("zero_point"));
  }

  private static QuantizedGrid constantBounds(Call call, OnnxNodes onnx, QuantizedGrid whole) {
    long min =
        onnx.constantData(call.tensor("quant_min"))
            .map(data -> Quantization.integers(data)[0])
            .orElseThrow(() -> new UnsupportedArgument("quant_min is not constant"));
    long max =
        onnx.constantData(call.tensor("quant_max"))
            .map(data -> Quantization.integers(data)[0])
            .orElseThrow(() -> new UnsupportedArgument("quant_max is not constant"));
    return new QuantizedGrid(whole.type(), min, max);
  }
}
