package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;

/// Each different value once → `Unique`; equal neighbours once → `Compress`.
final class UniqueTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten._unique", "aten._unique2", "aten.unique_dim", "aten.unique_consecutive");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.op().equals("unique_consecutive")) {
      return call.given("dim")
          ? Translation.unsupported(
              "equal neighbours along an axis", "leave dim out, or use unique")
          : Translation.of(neighbours(call, onnx));
    }
    TorchDtype own = call.meta("self").dtype();
    // ONNX Runtime compares these; the others fit into one of them.
    TorchDtype type =
        switch (own) {
          case FLOAT32, FLOAT64, INT64, INT8 -> own;
          case FLOAT16, BFLOAT16 -> TorchDtype.FLOAT32;
          default -> TorchDtype.INT64;
        };
    NodeSpec spec = NodeSpec.of("Unique").inputs(call.operand("self", type));
    boolean rows = call.op().equals("unique_dim");
    List<Value> found =
        onnx.add(rows ? spec.attribute("axis", call.axis("dim", call.rank("self"))) : spec, 4);
    Value inverse = found.get(2);
    return Translation.of(
        List.of(
            onnx.cast(found.getFirst(), type, own),
            rows ? inverse : onnx.add("Reshape", inverse, onnx.shapeOf(call.tensor("self"))),
            found.get(3)));
  }

  private static List<Value> neighbours(Call call, OnnxNodes onnx) {
    Value self = call.tensor("self");
    Value flat = onnx.add("Reshape", self, onnx.vector(-1));
    Value before = SlicingTranslator.slice(onnx, flat, 0, Size.of(0), Size.of(-1), 1);
    Value after = SlicingTranslator.slice(onnx, flat, 0, Size.of(1), Size.of(Long.MAX_VALUE), 1);
    Value changes = onnx.add("Not", onnx.add("Equal", before, after));
    Value first = onnx.add("Expand", onnx.scalar(DataType.BOOL, 1), onnx.vector(1));
    Value starts = onnx.add(NodeSpec.of("Concat").inputs(first, changes).attribute("axis", 0));
    Value values = onnx.add(NodeSpec.of("Compress").inputs(flat, starts).attribute("axis", 0));
    Value counted =
        onnx.add("CumSum", onnx.castTo(starts, DataType.INT64), onnx.scalar(DataType.INT64, 0));
    Value inverse = onnx.add("Sub", counted, onnx.scalar(DataType.INT64, 1));
    // A run is as long as its start is before the next one's, or the end.
    Value places = onnx.add("Reshape", onnx.add("NonZero", starts), onnx.vector(-1));
    Value next = SlicingTranslator.slice(onnx, places, 0, Size.of(1), Size.of(Long.MAX_VALUE), 1);
    Value ends =
        onnx.add(NodeSpec.of("Concat").inputs(next, onnx.shapeOf(flat)).attribute("axis", 0));
    return List.of(
        values, onnx.add("Reshape", inverse, onnx.shapeOf(self)), onnx.add("Sub", ends, places));
  }
}
