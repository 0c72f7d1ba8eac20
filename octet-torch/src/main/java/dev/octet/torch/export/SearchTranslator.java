package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Places of values among boundaries: the number of boundaries below each.
final class SearchTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.bucketize", "aten.searchsorted");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean search = call.op().equals("searchsorted");
    String name = search ? "sorted_sequence" : "boundaries";
    TorchDtype type = Promotion.of(call, "self", name);
    Value boundaries = call.operand(name, type);
    if (search && call.given("sorter")) {
      boundaries =
          onnx.add(
              NodeSpec.of("GatherElements")
                  .inputs(boundaries, call.tensor("sorter"))
                  .attribute("axis", -1));
    }
    if (call.rank(name) > 1) {
      boundaries = onnx.add("Unsqueeze", boundaries, onnx.vector(-2));
    }
    boolean right =
        call.flag("right") || (search && call.given("side") && call.text("side").equals("right"));
    Value count = below(onnx, boundaries, call.operand("self", type), right);
    return Translation.of(onnx.cast(count, TorchDtype.INT64, call.result().dtype()));
  }

  /// How many boundaries, along the last axis, are below each value.
  ///
  /// @param orEqual whether those that equal it count too
  static Value below(OnnxNodes onnx, Value boundaries, Value values, boolean orEqual) {
    Value each = onnx.add("Unsqueeze", values, onnx.vector(-1));
    Value below = onnx.add(orEqual ? "LessOrEqual" : "Less", boundaries, each);
    return onnx.add(
        NodeSpec.of("ReduceSum")
            .inputs(onnx.castTo(below, DataType.INT64), onnx.vector(-1))
            .attribute("keepdims", 0));
  }
}
