package dev.octet.torch.export;

import java.util.Set;

/// Changes of element type → `Cast`, or nothing where only device or layout change.
final class CastTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.to", "aten._to_copy", "aten.type_as", "quantized_decomposed.convert_element_type");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    String input = call.node().op().namespace().equals("aten") ? "self" : "input";
    return Translation.of(
        onnx.cast(call.tensor(input), call.meta(input).dtype(), call.result().dtype()));
  }
}
