package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;

/// Results of all elements up to each one that ONNX has no operator for → `Scan`.
final class RunningTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.cumprod", "aten.logcumsumexp", "aten.cummax", "aten.cummin");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "cumprod" -> Translation.of(product(call, onnx));
      case "logcumsumexp" -> Translation.of(logSum(call, onnx));
      default -> Translation.of(extreme(call, onnx));
    };
  }

  private static int axis(Call call) {
    return call.axis("dim", call.rank("self"));
  }

  private static Value firstSlice(OnnxNodes onnx, Value self, int axis) {
    return onnx.add(
        NodeSpec.of("Gather").inputs(self, onnx.scalar(DataType.INT64, 0)).attribute("axis", axis));
  }

  private static Value product(Call call, OnnxNodes onnx) {
    int axis = axis(call);
    Value self = call.operand("self", call.result().dtype());
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Value slice = firstSlice(onnx, self, axis);
    Value one = onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(slice));
    OnnxNodes inside = onnx.inside("body");
    ValueType unknown = ValueType.tensor(type, null);
    Value product = inside.input("product", unknown);
    Value next = inside.add("Mul", product, inside.input("element", unknown));
    inside.output(next, unknown);
    inside.output(next, unknown);
    return onnx.add(
            NodeSpec.of("Scan")
                .inputs(one, self)
                .attribute("num_scan_inputs", 1)
                .attribute("scan_input_axes", Attribute.ints(axis))
                .attribute("scan_output_axes", Attribute.ints(axis))
                .attribute("body", Attribute.of(inside.graph())),
            2)
        .get(1);
  }

  // log Σ exp(x) = m + log Σ exp(x − m), so that nothing overflows.
  private static Value logSum(Call call, OnnxNodes onnx) {
    int axis = axis(call);
    Value self = call.tensor("self");
    Value most = onnx.add("ReduceMax", self, onnx.vector(axis));
    Value sums =
        onnx.add(
            "CumSum",
            onnx.add("Exp", onnx.add("Sub", self, most)),
            onnx.scalar(DataType.INT64, axis));
    return onnx.add("Add", onnx.add("Log", sums), most);
  }

  // Of equal elements the last one counts, and what is no number stays the extreme.
  private static List<Value> extreme(Call call, OnnxNodes onnx) {
    int axis = axis(call);
    TorchDtype dtype = call.meta("self").dtype();
    DataType type = OnnxNodes.onnx(dtype);
    Value self = call.tensor("self");
    Value first = firstSlice(onnx, self, axis);
    Value start = onnx.add("Expand", onnx.scalar(DataType.INT64, 0), onnx.shapeOf(first));
    Size length = ReshapeTranslator.own(call, onnx, "self").get(axis);
    OnnxNodes inside = onnx.inside("body");
    ValueType number = ValueType.tensor(type, null);
    ValueType place = ValueType.tensor(DataType.INT64, null);
    Value best = inside.input("best", number);
    Value bestPlace = inside.input("best_place", place);
    Value element = inside.input("element", number);
    Value here = inside.input("place", place);
    String comparison = call.op().equals("cummax") ? "GreaterOrEqual" : "LessOrEqual";
    Value better = inside.add(comparison, element, best);
    if (dtype.isFloat()) {
      better = inside.add("Or", better, inside.add("IsNaN", element));
    }
    Value value = inside.add("Where", better, element, best);
    Value where = inside.add("Where", better, here, bestPlace);
    for (int copy = 0; copy < 2; copy++) {
      inside.output(value, number);
      inside.output(where, place);
    }
    return onnx.add(
            NodeSpec.of("Scan")
                .inputs(first, start, self, Elimination.places(onnx, length))
                .attribute("num_scan_inputs", 2)
                .attribute("scan_input_axes", Attribute.ints(axis, 0))
                .attribute("scan_output_axes", Attribute.ints(axis, axis))
                .attribute("body", Attribute.of(inside.graph())),
            4)
        .subList(2, 4);
  }
}
