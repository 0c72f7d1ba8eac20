package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Order along an axis → `TopK`, and what occurs most along it.
final class SortTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.sort", "aten.argsort", "aten.msort", "aten.kthvalue", "aten.mode");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "sort" -> Translation.of(sorted(call, onnx, axis(call), call.flag("descending")));
      case "argsort" ->
          Translation.of(sorted(call, onnx, axis(call), call.flag("descending")).get(1));
      case "msort" -> Translation.of(sorted(call, onnx, 0, false).getFirst());
      case "kthvalue" -> Translation.of(ranked(call, onnx, call.integer("k")));
      default -> Translation.of(mode(call, onnx));
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

  // What is equal to most others; the least of several such, and the last place it stands at.
  private static List<Value> mode(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    int axis = axis(call);
    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    order.add(order.remove(axis));
    Value x = AxisOrderTranslator.transpose(onnx, call.tensor("self"), order);
    Value last = onnx.vector(-1);
    Value same =
        onnx.castTo(
            onnx.add(
                "Equal", onnx.add("Unsqueeze", x, last), onnx.add("Unsqueeze", x, onnx.vector(-2))),
            DataType.INT64);
    Value counts = onnx.add(NodeSpec.of("ReduceSum").inputs(same, last).attribute("keepdims", 0));
    Value most = onnx.add("Equal", counts, onnx.add("ReduceMax", counts, last));
    Value greatest = onnx.add("ReduceMax", x, last);
    Value value = onnx.add("ReduceMin", onnx.add("Where", most, x, greatest), last);
    Value isMode = onnx.castTo(onnx.add("Equal", x, value), DataType.INT64);
    Value place =
        onnx.add(
            NodeSpec.of("ArgMax")
                .inputs(isMode)
                .attribute("axis", -1)
                .attribute("select_last_index", 1));
    return Stream.of(value, place)
        .map(
            found -> {
              Value squeezed = onnx.add("Squeeze", found, last);
              return call.flag("keepdim")
                  ? onnx.add("Unsqueeze", squeezed, onnx.vector(axis))
                  : squeezed;
            })
        .toList();
  }
}
