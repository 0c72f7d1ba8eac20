package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Scaled dot product attention → two `MatMul` with a `Softmax` between. The scale is split between
/// query and key by its root, as PyTorch's own formula does.
final class AttentionTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.scaled_dot_product_attention");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.number("dropout_p") != 0) {
      return Translation.unsupported("attention with dropout", "call model.eval() first");
    }
    if (call.flag("enable_gqa")) {
      return Translation.unsupported("attention with grouped queries");
    }
    DataType type = OnnxNodes.onnx(call.meta("query").dtype());
    int rank = call.rank("query");
    if (!call.given("scale")
        && !(call.meta("query").sizes().get(rank - 1) instanceof SymInt.Known)) {
      return Translation.unsupported("attention over a varying number of features");
    }
    double scale =
        call.given("scale")
            ? call.number("scale")
            : 1
                / Math.sqrt(
                    (double) ((SymInt.Known) call.meta("query").sizes().get(rank - 1)).value());
    Value root = onnx.scalar(type, Math.sqrt(scale));
    java.util.List<Long> order =
        new java.util.ArrayList<>(java.util.stream.LongStream.range(0, rank).boxed().toList());
    java.util.Collections.swap(order, rank - 2, rank - 1);
    Value query = onnx.add("Mul", call.tensor("query"), root);
    Value key =
        onnx.add("Mul", AxisOrderTranslator.transpose(onnx, call.tensor("key"), order), root);
    Value scores = onnx.add("MatMul", query, key);
    if (call.flag("is_causal")) {
      scores = onnx.add("Add", scores, causalBias(call, onnx, type));
    }
    Value weights;
    if (!call.given("attn_mask")) {
      weights = onnx.add("Softmax", scores);
    } else if (call.meta("attn_mask").dtype() == TorchDtype.BOOL) {
      Value mask = call.tensor("attn_mask");
      Value masked = onnx.add("Where", mask, scores, onnx.scalar(type, Double.NEGATIVE_INFINITY));
      Value raw = onnx.add("Softmax", masked);
      // A row with nothing to attend to is zero in PyTorch, not a number after Softmax.
      weights = onnx.add("Where", onnx.add("IsNaN", raw), onnx.scalar(type, 0), raw);
    } else {
      weights = onnx.add("Softmax", onnx.add("Add", scores, call.tensor("attn_mask")));
    }
    return Translation.of(onnx.add("MatMul", weights, call.tensor("value")));
  }

  private static Value causalBias(Call call, OnnxNodes onnx, DataType type) {
    int rank = call.rank("query");
    Value shape =
        onnx.add(
            NodeSpec.of("Concat")
                .inputs(
                    dimension(onnx, call.tensor("query"), rank - 2),
                    dimension(onnx, call.tensor("key"), rank - 2))
                .attribute("axis", 0));
    Value minus = onnx.add("Expand", onnx.scalar(type, Double.NEGATIVE_INFINITY), shape);
    return onnx.add("Trilu", minus, onnx.scalar(DataType.INT64, 1));
  }

  private static Value dimension(OnnxNodes onnx, Value tensor, int axis) {
    return ((Size.Computed) onnx.dimension(tensor, axis, "")).vector();
  }
}
