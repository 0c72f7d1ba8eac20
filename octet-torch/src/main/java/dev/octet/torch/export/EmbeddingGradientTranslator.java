package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;

/// Gradient of an embedding's weights: every vector's is added to the row that it was looked up
/// in.
final class EmbeddingGradientTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.embedding_dense_backward");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype own = call.result().dtype();
    TorchDtype summed = Promotion.accumulated(own);
    DataType type = OnnxNodes.onnx(summed);
    Size rows = call.size("num_weights");
    Size width = ReshapeTranslator.own(call, onnx, "grad_output").getLast();
    Value index =
        onnx.add("Reshape", call.operand("indices", TorchDtype.INT64), onnx.vector(-1, 1));
    Value vectors =
        onnx.add(
            "Reshape",
            call.operand("grad_output", summed),
            onnx.sizes(List.of(Size.of(-1), width)));
    long padding = call.integer("padding_idx");
    if (padding >= 0) {
      Value isPadding = onnx.add("Equal", index, onnx.scalar(DataType.INT64, padding));
      vectors = onnx.add("Where", isPadding, onnx.scalar(type, 0), vectors);
    }
    Value sums = added(onnx, type, rows, width, index, vectors);
    if (call.flag("scale_grad_by_freq")) {
      Value ones = onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(index));
      Value counts = added(onnx, type, rows, Size.of(1), index, ones);
      sums = onnx.add("Div", sums, onnx.add("Max", counts, onnx.scalar(type, 1)));
    }
    return Translation.of(onnx.cast(sums, summed, own));
  }

  private static Value added(
      OnnxNodes onnx, DataType type, Size rows, Size width, Value index, Value vectors) {
    Value zeros = onnx.add("Expand", onnx.scalar(type, 0), onnx.sizes(List.of(rows, width)));
    return onnx.add(
        NodeSpec.of("ScatterND")
            .inputs(zeros, index, vectors)
            .attribute("reduction", Attribute.of("add")));
  }
}
