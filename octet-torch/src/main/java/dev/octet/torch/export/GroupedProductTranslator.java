package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Products of groups of rows, each with a matrix of its own, as mixtures of experts have them →
/// `Split`, a `MatMul` for each group, `Concat`. A group's matrix is a constant of its own where it
/// can be, which the quantizer then sees as any layer's weight.
final class GroupedProductTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten._grouped_mm", "transformers.grouped_mm_fallback");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean aten = call.op().equals("_grouped_mm");
    String rows = aten ? "self" : "input";
    String matrices = aten ? "mat2" : "weight";
    if (aten && call.given("bias")) {
      return Translation.unsupported("a grouped product with a bias", "add it afterwards");
    }
    Value product;
    if (call.rank(rows) == 3 && call.rank(matrices) == 3) {
      product = onnx.add("MatMul", call.tensor(rows), call.tensor(matrices));
    } else if (call.rank(rows) == 2 && call.rank(matrices) == 3) {
      product = ofRows(call, onnx, rows, matrices);
    } else {
      return Translation.unsupported(
          "a product whose inner axis is grouped", "multiply the groups one by one");
    }
    return Translation.of(onnx.cast(product, call.meta(rows).dtype(), call.result().dtype()));
  }

  private static Value ofRows(Call call, OnnxNodes onnx, String rows, String matrices) {
    if (!(call.meta(matrices).sizes().getFirst() instanceof SymInt.Known(long groups))) {
      throw new UnsupportedArgument("a varying number of groups");
    }
    Value x = call.tensor(rows);
    Value ends = onnx.cast(call.tensor("offs"), call.meta("offs").dtype(), TorchDtype.INT64);
    Value count = onnx.sizes(List.of(onnx.dimension(x, 0, "")));
    Value bounds =
        onnx.add(NodeSpec.of("Concat").inputs(onnx.vector(0), ends, count).attribute("axis", 0));
    Value lengths =
        onnx.add(
            "Sub",
            SlicingTranslator.slice(onnx, bounds, 0, Size.of(1), Size.of(Long.MAX_VALUE), 1),
            SlicingTranslator.slice(onnx, bounds, 0, Size.of(0), Size.of(-1), 1));
    List<Value> parts =
        onnx.add(
            NodeSpec.of("Split").inputs(x, lengths).attribute("axis", 0),
            Math.toIntExact(groups) + 1);
    Value stacked = call.tensor(matrices);
    List<Value> products = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      Value matrix =
          onnx.add(
              NodeSpec.of("Gather")
                  .inputs(stacked, onnx.scalar(DataType.INT64, group))
                  .attribute("axis", 0));
      products.add(onnx.add("MatMul", parts.get(group), matrix));
    }
    Value product = onnx.add(NodeSpec.of("Concat").inputs(products).attribute("axis", 0));
    // Rows behind the last group's are of no group: zeros.
    Value rest = SlicingTranslator.slice(onnx, lengths, 0, Size.of(-1), Size.of(Long.MAX_VALUE), 1);
    Value pads =
        onnx.add(
            NodeSpec.of("Concat")
                .inputs(onnx.vector(0, 0), rest, onnx.vector(0))
                .attribute("axis", 0));
    return onnx.add("Pad", product, pads);
  }
}
