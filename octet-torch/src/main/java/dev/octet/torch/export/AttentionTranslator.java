package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Scaled dot product attention → `Attention` where the opset has it, else two `MatMul` with a
/// `Softmax` between. The scale is split between query and key by its root, as PyTorch's own
/// formula does.
///
/// A boolean mask is always written out: PyTorch makes a row with nothing to attend to zero, while
/// the operator leaves open what becomes of it.
final class AttentionTranslator implements AtenTranslator {
  private static final int ATTENTION_OPSET = 23;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.scaled_dot_product_attention", "aten._scaled_dot_product_flash_attention_for_cpu");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.number("dropout_p") != 0) {
      return Translation.unsupported("attention with dropout", "call model.eval() first");
    }
    int rank = call.rank("query");
    if (onnx.opset() >= ATTENTION_OPSET && (rank == 3 || rank == 4) && !hasBooleanMask(call)) {
      return Translation.of(single(call, onnx, rank));
    }
    return Translation.of(writtenOut(call, onnx, rank));
  }

  private static boolean hasBooleanMask(Call call) {
    return call.given("attn_mask") && call.meta("attn_mask").dtype() == TorchDtype.BOOL;
  }

  private static Value single(Call call, OnnxNodes onnx, int rank) {
    List<Value> inputs =
        new ArrayList<>(List.of(call.tensor("query"), call.tensor("key"), call.tensor("value")));
    call.maybeTensor("attn_mask").ifPresent(inputs::add);
    NodeSpec spec = NodeSpec.of("Attention").inputs(inputs);
    if (rank == 3) {
      spec = spec.attribute("q_num_heads", 1).attribute("kv_num_heads", 1);
    }
    if (call.flag("is_causal")) {
      spec = spec.attribute("is_causal", 1);
    }
    return onnx.add(
        call.given("scale")
            ? spec.attribute("scale", Attribute.of((float) call.number("scale")))
            : spec);
  }

  private static Value writtenOut(Call call, OnnxNodes onnx, int rank) {
    DataType type = OnnxNodes.onnx(call.meta("query").dtype());
    Value root = onnx.scalar(type, Math.sqrt(scale(call, rank)));
    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    Collections.swap(order, rank - 2, rank - 1);
    Value query = onnx.add("Mul", call.tensor("query"), root);
    Value turned = AxisOrderTranslator.transpose(onnx, forEachQuery(call, onnx, "key"), order);
    Value scores = onnx.add("MatMul", query, onnx.add("Mul", turned, root));
    if (call.flag("is_causal")) {
      scores = onnx.add("Add", scores, causalBias(call, onnx, type));
    }
    Value weights;
    if (!call.given("attn_mask")) {
      weights = onnx.add("Softmax", scores);
    } else if (hasBooleanMask(call)) {
      Value mask = call.tensor("attn_mask");
      Value masked = onnx.add("Where", mask, scores, onnx.scalar(type, Double.NEGATIVE_INFINITY));
      Value raw = onnx.add("Softmax", masked);
      // A row with nothing to attend to is zero in PyTorch, not a number after Softmax.
      weights = onnx.add("Where", onnx.add("IsNaN", raw), onnx.scalar(type, 0), raw);
    } else {
      weights = onnx.add("Softmax", onnx.add("Add", scores, call.tensor("attn_mask")));
    }
    return onnx.add("MatMul", weights, forEachQuery(call, onnx, "value"));
  }

  private static double scale(Call call, int rank) {
    return call.given("scale")
        ? call.number("scale")
        : 1 / Math.sqrt((double) known(call, "query", rank - 1, "a varying number of features"));
  }

  /// Keys or values, each head repeated for the query heads that share it.
  private static Value forEachQuery(Call call, OnnxNodes onnx, String name) {
    Value heads = call.tensor(name);
    int rank = call.rank(name);
    if (call.op().startsWith("_") || !call.flag("enable_gqa") || rank < 3) {
      return heads;
    }
    int axis = rank - 3;
    long queries = known(call, "query", axis, "a varying number of heads");
    long shared = queries / known(call, name, axis, "a varying number of heads");
    if (shared == 1) {
      return heads;
    }
    long[] copies = new long[rank + 1];
    Arrays.fill(copies, 1);
    copies[axis + 1] = shared;
    Value apart = onnx.add("Unsqueeze", heads, onnx.vector(axis + 1L));
    Value repeated = onnx.add("Expand", apart, onnx.vector(copies));
    List<Size> sizes = new ArrayList<>(ReshapeTranslator.own(call, onnx, name));
    sizes.set(axis, Size.of(queries));
    return onnx.add("Reshape", repeated, onnx.sizes(sizes));
  }

  private static long known(Call call, String name, int axis, String otherwise) {
    if (call.meta(name).sizes().get(axis) instanceof SymInt.Known(long size)) {
      return size;
    }
    throw new UnsupportedArgument("attention over " + otherwise);
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
