package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// The only element of a tensor as a number of the program: an integer can be a size, a floating
/// point number an operand, a truth a condition.
final class ItemTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.item", "aten._local_scalar_dense");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.meta("self").dtype();
    Value self = call.tensor("self");
    if (type.isInteger() && type != TorchDtype.BOOL) {
      Value whole = onnx.cast(self, type, TorchDtype.INT64);
      return Translation.of(
          new Size.Computed(onnx.add("Reshape", whole, onnx.vector(1)), call.resultExpression()));
    }
    return Translation.of(call.rank("self") == 0 ? self : onnx.add("Squeeze", self));
  }
}
