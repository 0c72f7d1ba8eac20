package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Reordering of axes → `Transpose`.
final class AxisOrderTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.permute",
        "aten.transpose",
        "aten.swapaxes",
        "aten.swapdims",
        "aten.t",
        "aten.mT",
        "aten.numpy_T",
        "aten.movedim",
        "aten.moveaxis");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    switch (call.op()) {
      case "permute" -> order = call.axes("dims", rank);
      case "transpose" -> Collections.swap(order, call.axis("dim0", rank), call.axis("dim1", rank));
      case "swapaxes" ->
          Collections.swap(order, call.axis("axis0", rank), call.axis("axis1", rank));
      case "swapdims" -> Collections.swap(order, call.axis("dim0", rank), call.axis("dim1", rank));
      case "t", "numpy_T" -> Collections.reverse(order);
      case "mT" -> Collections.swap(order, rank - 2, rank - 1);
      case "movedim", "moveaxis" ->
          order = moved(call.axes("source", rank), call.axes("destination", rank), rank);
      default -> throw new UnsupportedArgument(call.op());
    }
    return Translation.of(transpose(onnx, call.tensor("self"), order));
  }

  static Value transpose(OnnxNodes onnx, Value value, List<Long> order) {
    List<Long> unchanged = LongStream.range(0, order.size()).boxed().toList();
    return order.equals(unchanged)
        ? value
        : onnx.add(
            NodeSpec.of("Transpose").inputs(value).attribute("perm", new Attribute.OfInts(order)));
  }

  private static List<Long> moved(List<Long> source, List<Long> destination, int rank) {
    Long[] order = new Long[rank];
    for (int i = 0; i < source.size(); i++) {
      order[(int) (long) destination.get(i)] = source.get(i);
    }
    int slot = 0;
    for (long axis = 0; axis < rank; axis++) {
      if (!source.contains(axis)) {
        while (order[slot] != null) {
          slot++;
        }
        order[slot] = axis;
      }
    }
    return List.of(order);
  }
}
