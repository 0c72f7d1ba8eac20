package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.List;
import java.util.Set;

/// Order along an axis → `TopK`; running results that ONNX has no operator for → `Scan`.
final class SortTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.sort",
        "aten.argsort",
        "aten.msort",
        "aten.kthvalue",
        "aten.median",
        "aten.cumprod",
        "aten.logcumsumexp",
        "aten.bucketize",
        "aten.searchsorted");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "sort" -> Translation.of(sorted(call, onnx, axis(call), call.flag("descending")));
      case "argsort" ->
          Translation.of(sorted(call, onnx, axis(call), call.flag("descending")).get(1));
      case "msort" -> Translation.of(sorted(call, onnx, 0, false).getFirst());
      case "kthvalue" -> Translation.of(ranked(call, onnx, call.integer("k")));
      case "median" -> median(call, onnx);
      case "cumprod" -> Translation.of(runningProduct(call, onnx));
      case "logcumsumexp" -> Translation.of(runningLogSum(call, onnx));
      default -> Translation.of(buckets(call, onnx));
    };
  }

  private static int axis(Call call) {
    return call.axis("dim", call.rank("self"));
  }

  private static List<Value> sorted(Call call, OnnxNodes onnx, int axis, boolean descending) {
    return smallest(
        call, onnx, ReshapeTranslator.own(call, onnx, "self").get(axis), axis, descending);
  }

  private static List<Value> smallest(
      Call call, OnnxNodes onnx, Size count, int axis, boolean descending) {
    return onnx.add(
        NodeSpec.of("TopK")
            .inputs(call.tensor("self"), onnx.sizes(List.of(count)))
            .attribute("axis", axis)
            .attribute("largest", descending ? 1 : 0),
        2);
  }

  /// The k-th smallest, counted from 1, and its place.
  private static List<Value> ranked(Call call, OnnxNodes onnx, long k) {
    int axis = axis(call);
    List<Value> smallest = smallest(call, onnx, Size.of(k), axis, false);
    boolean keep = call.flag("keepdim");
    Value last = keep ? onnx.vector(k - 1) : onnx.scalar(DataType.INT64, (double) k - 1);
    return smallest.stream()
        .map(values -> onnx.add(NodeSpec.of("Gather").inputs(values, last).attribute("axis", axis)))
        .toList();
  }

  private static Translation median(Call call, OnnxNodes onnx) {
    if (!call.overload().equals("dim")) {
      return Translation.unsupported("median of the flattened tensor", "pass dim");
    }
    return ReshapeTranslator.own(call, onnx, "self").get(axis(call)) instanceof Size.Fixed(long n)
        ? Translation.of(ranked(call, onnx, (n + 1) / 2))
        : Translation.unsupported("median over an axis of varying size");
  }

  private static Value runningProduct(Call call, OnnxNodes onnx) {
    int axis = axis(call);
    Value self = call.operand("self", call.result().dtype());
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Value slice =
        onnx.add(
            NodeSpec.of("Gather")
                .inputs(self, onnx.scalar(DataType.INT64, 0))
                .attribute("axis", axis));
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
  private static Value runningLogSum(Call call, OnnxNodes onnx) {
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

  // A value's bucket is the number of boundaries below it.
  private static Value buckets(Call call, OnnxNodes onnx) {
    boolean search = call.op().equals("searchsorted");
    String boundaries = search ? "sorted_sequence" : "boundaries";
    if (call.rank(boundaries) != 1) {
      throw new UnsupportedArgument("boundaries of more than one axis");
    }
    Value self = onnx.add("Unsqueeze", call.tensor("self"), onnx.vector(-1));
    boolean right =
        call.flag("right") || (search && call.given("side") && call.text("side").equals("right"));
    Value below = onnx.add(right ? "LessOrEqual" : "Less", call.tensor(boundaries), self);
    Value count =
        onnx.add(
            NodeSpec.of("ReduceSum")
                .inputs(onnx.castTo(below, DataType.INT64), onnx.vector(-1))
                .attribute("keepdims", 0));
    return onnx.castTo(count, OnnxNodes.onnx(call.result().dtype()));
  }
}
