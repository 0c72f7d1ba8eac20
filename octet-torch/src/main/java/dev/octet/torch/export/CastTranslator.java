package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Optional;
import java.util.Set;

/// Changes of element type → `Cast`, or nothing where only device or layout change.
///
/// Stored INT8 matrices are quantized weights, whose scales some programs apply to the product
/// instead: they are dequantized at scale 1, so that the model stores integers.
final class CastTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.to", "aten._to_copy", "aten.type_as", "quantized_decomposed.convert_element_type");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    String input = call.node().op().namespace().equals("aten") ? "self" : "input";
    Value value = call.tensor(input);
    TorchDtype from = call.meta(input).dtype();
    TorchDtype to = call.result().dtype();
    if (from == TorchDtype.INT8 && to == TorchDtype.FLOAT32 && isStoredMatrix(value)) {
      QuantizedGrid whole = new QuantizedGrid(DataType.INT8, Byte.MIN_VALUE, Byte.MAX_VALUE);
      return Translation.of(Quantization.ofNumbers(onnx, whole, 1, 0).dequantize(onnx, value));
    }
    return Translation.of(onnx.cast(value, from, to));
  }

  private static boolean isStoredMatrix(Value value) {
    Optional<Node> transpose = value.producer().filter(node -> node.is("Transpose"));
    return transpose
        .flatMap(node -> node.input(0))
        .orElse(value)
        .initializer()
        .filter(data -> data.dims().size() == 2)
        .isPresent();
  }
}
