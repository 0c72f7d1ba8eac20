package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.Set;

/// Elements picked by index tensors or masks → `Gather`, `GatherElements`, `GatherND`, `Compress`.
final class GatherTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.embedding",
        "aten.index_select",
        "aten.gather",
        "aten.take_along_dim",
        "aten.index",
        "aten._unsafe_index",
        "aten.masked_select",
        "aten.nonzero",
        "aten.take",
        "aten.one_hot");
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
      case "gather" -> Translation.of(elements(call, onnx, call.tensor("index")));
      case "take_along_dim" ->
          call.given("dim")
              ? Translation.of(elements(call, onnx, call.tensor("indices")))
              : Translation.unsupported("take_along_dim of the flattened tensor");
      case "masked_select" -> Translation.of(selected(call, onnx));
      case "nonzero" ->
          Translation.of(ScatterTranslator.transposedNonZero(onnx, call.tensor("self")));
      case "take" ->
          Translation.of(
              onnx.add(
                  "Gather",
                  onnx.add("Reshape", call.tensor("self"), onnx.vector(-1)),
                  call.tensor("index")));
      case "one_hot" -> oneHot(call, onnx);
      default -> Translation.of(new AdvancedIndex(call, onnx).read());
    };
  }

  private static Value elements(Call call, OnnxNodes onnx, Value index) {
    return onnx.add(
        NodeSpec.of("GatherElements")
            .inputs(call.tensor("self"), index)
            .attribute("axis", call.axis("dim", call.rank("self"))));
  }

  private static Value selected(Call call, OnnxNodes onnx) {
    Value self = call.tensor("self");
    Value mask = call.tensor("mask");
    if (!call.meta("self").sizes().equals(call.meta("mask").sizes())) {
      Value shape = onnx.shapeOf(onnx.add("And", mask, onnx.castTo(self, DataType.BOOL)));
      self = onnx.add("Expand", self, shape);
      mask = onnx.add("Expand", mask, shape);
    }
    return onnx.add("Compress", self, onnx.add("Reshape", mask, onnx.vector(-1)));
  }

  private static Translation oneHot(Call call, OnnxNodes onnx) {
    long classes = call.integer("num_classes");
    if (classes < 0) {
      return Translation.unsupported(
          "one_hot with as many classes as the data happens to have", "pass num_classes");
    }
    DenseTensor values = DenseTensor.ofLongs(new long[] {0, 1}, 2);
    return Translation.of(
        onnx.add(
            "OneHot",
            call.tensor("self"),
            onnx.scalar(Size.of(classes)),
            onnx.constant("off_on", values)));
  }
}
