package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Set;

/// Sums, means and maxima of embeddings, bag by bag: the rows are looked up, then a matrix of ones
/// and
/// zeros, which says what is in which bag, adds them.
final class EmbeddingBagTranslator implements AtenTranslator {
  private static final int MEAN = 1;
  private static final int MAX = 2;

  @Override
  public Set<String> operators() {
    return Set.of("aten.embedding_bag", "aten._embedding_bag", "aten._embedding_bag_forward_only");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    long mode = call.integer("mode");
    boolean pads = call.given("padding_idx") && call.integer("padding_idx") >= 0;
    if (pads) {
      return Translation.unsupported("a bag of embeddings with a padding index");
    }
    DataType type = OnnxNodes.onnx(call.meta("weight").dtype());
    Value rows = onnx.add("Gather", call.tensor("weight"), call.tensor("indices"));
    Value members = membership(call, onnx);
    if (mode == MAX) {
      return Translation.of(greatest(onnx, rows, members, type));
    }
    Value membership = onnx.castTo(members, type);
    Value weighted =
        call.given("per_sample_weights")
            ? onnx.add(
                "Mul",
                rows,
                onnx.add("Unsqueeze", call.tensor("per_sample_weights"), onnx.vector(-1)))
            : rows;
    Value sums = onnx.add("MatMul", membership, weighted);
    if (mode != MEAN) {
      return Translation.of(sums);
    }
    Value counts = onnx.add("ReduceSum", membership, onnx.vector(1));
    return Translation.of(onnx.add("Div", sums, onnx.add("Max", counts, onnx.scalar(type, 1))));
  }

  // An empty bag is zero.
  private static Value greatest(OnnxNodes onnx, Value rows, Value members, DataType type) {
    Value member = onnx.add("Unsqueeze", members, onnx.vector(-1));
    Value lowest = onnx.scalar(type, Double.NEGATIVE_INFINITY);
    Value most =
        onnx.add(
            NodeSpec.of("ReduceMax")
                .inputs(onnx.add("Where", member, rows, lowest), onnx.vector(1))
                .attribute("keepdims", 0));
    return onnx.add("Where", onnx.add("IsInf", most), onnx.scalar(type, 0), most);
  }

  // Row b holds true where bag b's indices are.
  private static Value membership(Call call, OnnxNodes onnx) {
    Value count = onnx.add("Size", call.tensor("indices"));
    Value places = onnx.add("Range", onnx.scalar(Size.of(0)), count, onnx.scalar(Size.of(1)));
    Value offsets = onnx.castTo(call.tensor("offsets"), DataType.INT64);
    Value starts = offsets;
    Value ends;
    if (call.flag("include_last_offset")) {
      starts = SlicingTranslator.slice(onnx, offsets, 0, Size.of(0), Size.of(-1), 1);
      ends = SlicingTranslator.slice(onnx, offsets, 0, Size.of(1), Size.of(Long.MAX_VALUE), 1);
    } else {
      Value later =
          SlicingTranslator.slice(onnx, offsets, 0, Size.of(1), Size.of(Long.MAX_VALUE), 1);
      ends =
          onnx.add(
              NodeSpec.of("Concat")
                  .inputs(List.of(later, onnx.add("Unsqueeze", count, onnx.vector(0))))
                  .attribute("axis", 0));
    }
    return onnx.add(
        "And",
        onnx.add("GreaterOrEqual", places, onnx.add("Unsqueeze", starts, onnx.vector(1))),
        onnx.add("Less", places, onnx.add("Unsqueeze", ends, onnx.vector(1))));
  }
}
