package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// `x[i, :, j]` with tensors as indices, as PyTorch and NumPy define it: the indices broadcast
/// against each other; the axes they make stand where the indexed axes stood when those are side by
/// side, else in front. A mask counts as the indices of its true elements, one for each of its
/// axes.
///
/// Read with `GatherND`, written with `ScatterND`: both want the indexed axes in front, so that
/// other places cost a `Transpose` each way.
final class AdvancedIndex {
  private final Call call;
  private final OnnxNodes onnx;
  private final Value self;
  private final int rank;
  private final List<Value> indices = new ArrayList<>();
  private final List<Integer> axes = new ArrayList<>();
  private @Nullable Value mask;
  private int indexRank;

  AdvancedIndex(Call call, OnnxNodes onnx) {
    this.call = call;
    this.onnx = onnx;
    this.self = call.tensor("self");
    this.rank = call.rank("self");
    int axis = 0;
    for (String name : call.optionalTensorNames("indices")) {
      axis += name == null ? 1 : take(name, axis);
    }
    if (axes.isEmpty()) {
      throw new UnsupportedArgument("no index");
    }
  }

  // How many axes the index takes the place of.
  private int take(String name, int axis) {
    TensorMeta meta = call.metaOf(name);
    Value index = call.named(name);
    if (meta.dtype() != TorchDtype.BOOL && meta.dtype() != TorchDtype.UINT8) {
      indices.add(onnx.cast(index, meta.dtype(), TorchDtype.INT64));
      axes.add(axis);
      indexRank = Math.max(indexRank, meta.rank());
      return 1;
    }
    mask = onnx.cast(index, meta.dtype(), TorchDtype.BOOL);
    Value places = onnx.add("NonZero", mask);
    List<Value> rows =
        meta.rank() == 1
            ? List.of(places)
            : onnx.add(
                NodeSpec.of("Split").inputs(places).attribute("num_outputs", meta.rank()),
                meta.rank());
    for (int i = 0; i < meta.rank(); i++) {
      indices.add(onnx.add("Squeeze", rows.get(i), onnx.vector(0)));
      axes.add(axis + i);
    }
    indexRank = Math.max(indexRank, 1);
    return meta.rank();
  }

  /// The picked elements.
  Value read() {
    if (indices.size() == 1) {
      return onnx.add(
          NodeSpec.of("Gather")
              .inputs(self, indices.getFirst())
              .attribute("axis", axes.getFirst()));
    }
    Value front = AxisOrderTranslator.transpose(onnx, self, indexedFirst());
    Value picked = onnx.add("GatherND", front, tuples());
    return AxisOrderTranslator.transpose(onnx, picked, toResult());
  }

  /// The tensor with the picked elements replaced by `values`, or increased by them.
  Value write(Value values, boolean accumulate) {
    @Nullable Value only = mask;
    boolean alone = only != null && call.meta("values").rank() == 0 && !accumulate;
    if (alone && only != null && axes.getFirst() == 0 && axes.size() == maskRank()) {
      return onnx.add("Where", trailing(only), values, self);
    }
    Value front = AxisOrderTranslator.transpose(onnx, self, indexedFirst());
    Value tuples = tuples();
    Value shape = shapeInFront(front, tuples);
    Value updates = onnx.add("Expand", inFront(values), shape);
    NodeSpec spec = NodeSpec.of("ScatterND").inputs(front, tuples, updates);
    Value written = onnx.add(accumulate ? spec.attribute("reduction", Attribute.of("add")) : spec);
    return AxisOrderTranslator.transpose(onnx, written, inverse(indexedFirst()));
  }

  private int maskRank() {
    return (int) call.optionalTensorNames("indices").stream().filter(name -> name != null).count()
            == 1
        ? axes.size()
        : -1;
  }

  private Value trailing(Value condition) {
    int missing = rank - axes.size();
    return missing == 0
        ? condition
        : onnx.add(
            "Unsqueeze", condition, onnx.vector(LongStream.range(axes.size(), rank).toArray()));
  }

  // Values come in the order of the result; those of lower rank broadcast as they are, as long as
  // the picked axes are in front.
  private Value inFront(Value values) {
    List<Long> order = inverse(toResult());
    if (isIdentity(order)) {
      return values;
    }
    int missing = order.size() - call.meta("values").rank();
    Value full =
        missing == 0
            ? values
            : onnx.add("Unsqueeze", values, onnx.vector(LongStream.range(0, missing).toArray()));
    return AxisOrderTranslator.transpose(onnx, full, order);
  }

  private Value shapeInFront(Value front, Value tuples) {
    Value picked = onnx.add(NodeSpec.of("Shape").inputs(tuples).attribute("end", -1));
    if (axes.size() == rank) {
      return picked;
    }
    Value rest = onnx.add(NodeSpec.of("Shape").inputs(front).attribute("start", axes.size()));
    return onnx.add(NodeSpec.of("Concat").inputs(picked, rest).attribute("axis", 0));
  }

  private Value tuples() {
    @Nullable Value shape = indices.size() == 1 ? null : broadcastShape();
    List<Value> columns = new ArrayList<>();
    for (Value index : indices) {
      Value expanded = shape == null ? index : onnx.add("Expand", index, shape);
      columns.add(onnx.add("Unsqueeze", expanded, onnx.vector(-1)));
    }
    return columns.size() == 1
        ? columns.getFirst()
        : onnx.add(NodeSpec.of("Concat").inputs(columns).attribute("axis", -1));
  }

  // The shape of a sum is the broadcast shape of its terms.
  private Value broadcastShape() {
    Value sum = indices.getFirst();
    for (Value index : indices.subList(1, indices.size())) {
      sum = onnx.add("Add", sum, index);
    }
    return onnx.shapeOf(sum);
  }

  private List<Long> indexedFirst() {
    List<Long> order = new ArrayList<>();
    axes.forEach(axis -> order.add((long) axis));
    for (int axis = 0; axis < rank; axis++) {
      if (!axes.contains(axis)) {
        order.add((long) axis);
      }
    }
    return order;
  }

  // From "picked axes, then the rest" to the order of the result.
  private List<Long> toResult() {
    boolean sideBySide = axes.getLast() - axes.getFirst() == axes.size() - 1;
    int before = sideBySide ? axes.getFirst() : 0;
    int resultRank = indexRank + rank - axes.size();
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < before; i++) {
      order.add((long) indexRank + i);
    }
    for (int i = 0; i < indexRank; i++) {
      order.add((long) i);
    }
    for (int i = indexRank + before; i < resultRank; i++) {
      order.add((long) i);
    }
    return order;
  }

  private static List<Long> inverse(List<Long> order) {
    Long[] inverse = new Long[order.size()];
    for (int i = 0; i < order.size(); i++) {
      inverse[(int) (long) order.get(i)] = (long) i;
    }
    return List.of(inverse);
  }

  private static boolean isIdentity(List<Long> order) {
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i) != i) {
        return false;
      }
    }
    return true;
  }
}
