package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Elements several times in a row: by one count → `Expand`, by one for each → `Gather`.
final class RepeatTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.repeat_interleave");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.overload().equals("Tensor")) {
      return Translation.of(places(onnx, call.operand("repeats", TorchDtype.INT64)));
    }
    boolean flat = !call.given("dim");
    int rank = flat ? 1 : call.rank("self");
    int axis = flat ? 0 : call.axis("dim", rank);
    Value self =
        flat ? onnx.add("Reshape", call.tensor("self"), onnx.vector(-1)) : call.tensor("self");
    if (call.overload().equals("self_int")) {
      List<Size> after =
          flat ? List.of() : ReshapeTranslator.own(call, onnx, "self").subList(axis + 1, rank);
      return Translation.of(alike(onnx, self, rank, axis, call.size("repeats"), after));
    }
    Value counts =
        onnx.add("Expand", call.operand("repeats", TorchDtype.INT64), length(onnx, self, axis));
    return Translation.of(
        onnx.add(NodeSpec.of("Gather").inputs(self, places(onnx, counts)).attribute("axis", axis)));
  }

  private static Value length(OnnxNodes onnx, Value self, int axis) {
    return onnx.add(
        NodeSpec.of("Shape").inputs(self).attribute("start", axis).attribute("end", axis + 1L));
  }

  private static Value alike(
      OnnxNodes onnx, Value self, int rank, int axis, Size repeats, List<Size> after) {
    List<Size> ones = new ArrayList<>(Collections.nCopies(rank + 1, Size.of(1)));
    ones.set(axis + 1, repeats);
    Value repeated =
        onnx.add("Expand", onnx.add("Unsqueeze", self, onnx.vector(axis + 1L)), onnx.sizes(ones));
    List<Size> shape = new ArrayList<>(Collections.nCopies(axis, Size.of(0)));
    shape.add(Size.of(-1));
    shape.addAll(after);
    return onnx.add("Reshape", repeated, onnx.sizes(shape));
  }

  // Place j of the result is of the element before which the counts add up to j at most.
  private static Value places(OnnxNodes onnx, Value counts) {
    Value sums = onnx.add("CumSum", counts, onnx.scalar(DataType.INT64, 0));
    Value all = onnx.add(NodeSpec.of("ReduceSum").inputs(counts).attribute("keepdims", 0));
    Value result =
        onnx.add("Range", onnx.scalar(DataType.INT64, 0), all, onnx.scalar(DataType.INT64, 1));
    return SearchTranslator.below(onnx, sums, result, true);
  }
}
