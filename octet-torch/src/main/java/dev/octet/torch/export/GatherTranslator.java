package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Elements picked by index tensors → `Gather`, `GatherElements`, `GatherND`.
final class GatherTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.embedding", "aten.index_select", "aten.gather", "aten.index", "aten._unsafe_index");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "embedding" ->
          Translation.of(onnx.add("Gather", call.tensor("weight"), call.tensor("indices")));
      case "index_select" ->
          Translation.of(
              onnx.add(
                  NodeSpec.of("Gather")
                      .inputs(call.tensor("self"), call.tensor("index"))
                      .attribute("axis", call.axis("dim", call.rank("self")))));
      case "gather" ->
          Translation.of(
              onnx.add(
                  NodeSpec.of("GatherElements")
                      .inputs(call.tensor("self"), call.tensor("index"))
                      .attribute("axis", call.axis("dim", call.rank("self")))));
      default -> index(call, onnx);
    };
  }

  // One index along an axis is a Gather. Several, side by side from the first axis on, broadcast
  // against each other and are a GatherND.
  private static Translation index(Call call, OnnxNodes onnx) {
    List<@Nullable String> names = call.optionalTensorNames("indices");
    List<String> given = new ArrayList<>();
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < names.size(); axis++) {
      String name = names.get(axis);
      if (name != null) {
        given.add(name);
        axes.add(axis);
      }
    }
    for (String name : given) {
      TorchDtype type = call.metaOf(name).dtype();
      if (type == TorchDtype.BOOL || type == TorchDtype.UINT8) {
        return Translation.unsupported("indexing by a mask");
      }
    }
    Value self = call.tensor("self");
    if (given.size() == 1) {
      return Translation.of(
          onnx.add(
              NodeSpec.of("Gather")
                  .inputs(self, call.named(given.getFirst()))
                  .attribute("axis", axes.getFirst())));
    }
    for (int i = 1; i < axes.size(); i++) {
      if (axes.get(i) != axes.get(i - 1) + 1) {
        return Translation.unsupported("indexing along axes that are not side by side");
      }
    }
    if (axes.getFirst() != 0) {
      return Translation.unsupported("indexing several axes after the first");
    }
    Value shape = broadcastShape(onnx, given.stream().map(call::named).toList());
    List<Value> columns = new ArrayList<>();
    for (String name : given) {
      Value expanded =
          onnx.add(
              "Expand",
              onnx.cast(call.named(name), call.metaOf(name).dtype(), TorchDtype.INT64),
              shape);
      columns.add(onnx.add("Unsqueeze", expanded, onnx.vector(-1)));
    }
    Value tuples = onnx.add(NodeSpec.of("Concat").inputs(columns).attribute("axis", -1));
    return Translation.of(onnx.add("GatherND", self, tuples));
  }

  // The shape of a sum is the broadcast shape of its terms.
  private static Value broadcastShape(OnnxNodes onnx, List<Value> values) {
    Value sum = values.getFirst();
    for (Value value : values.subList(1, values.size())) {
      sum = onnx.add("Add", sum, value);
    }
    return onnx.shapeOf(sum);
  }
}
