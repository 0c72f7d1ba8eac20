package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Integrals and derivatives of sampled functions: sums and differences of neighbours.
final class DifferenceTranslator implements AtenTranslator {
  private static final Size END = Size.of(Long.MAX_VALUE);

  @Override
  public Set<String> operators() {
    return Set.of("aten.trapezoid", "aten.trapz", "aten.cumulative_trapezoid", "aten.gradient");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return call.op().equals("gradient")
        ? gradients(call, onnx)
        : Translation.of(integral(call, onnx));
  }

  private static Value integral(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    int rank = call.rank("y");
    int axis = call.axis("dim", rank);
    Value y = call.operand("y", call.result().dtype());
    Value twice = onnx.add("Add", later(onnx, y, axis), earlier(onnx, y, axis));
    Value areas = onnx.add("Mul", twice, width(call, onnx, type, rank, axis));
    return call.op().startsWith("cumulative")
        ? onnx.add("CumSum", areas, onnx.scalar(DataType.INT64, axis))
        : onnx.add(
            NodeSpec.of("ReduceSum").inputs(areas, onnx.vector(axis)).attribute("keepdims", 0));
  }

  /// Half the distance between neighbours.
  private static Value width(Call call, OnnxNodes onnx, DataType type, int rank, int axis) {
    if (!call.overload().equals("x")) {
      double dx = call.node().argument("dx").isPresent() ? call.number("dx") : 1;
      return onnx.scalar(type, dx / 2);
    }
    Value x = call.operand("x", call.result().dtype());
    boolean alone = call.rank("x") == 1 && rank > 1;
    int own = alone ? 0 : axis;
    Value apart = onnx.add("Sub", later(onnx, x, own), earlier(onnx, x, own));
    Value half = onnx.add("Mul", apart, onnx.scalar(type, 0.5));
    if (!alone) {
      return half;
    }
    List<Long> dims = new ArrayList<>(Collections.nCopies(rank, 1L));
    dims.set(axis, -1L);
    return onnx.add("Reshape", half, onnx.vector(dims));
  }

  private static Translation gradients(Call call, OnnxNodes onnx) {
    if (call.integer("edge_order") != 1) {
      return Translation.unsupported("second-order differences at the edges", "use edge_order=1");
    }
    if (call.overload().startsWith("tensor")) {
      return Translation.unsupported(
          "derivatives by given coordinates", "give the distance between samples as a number");
    }
    int rank = call.rank("self");
    List<Long> axes =
        call.given("dim") ? call.axes("dim", rank) : LongStream.range(0, rank).boxed().toList();
    List<Double> spacing =
        call.overload().startsWith("scalarray")
            ? call.numbers("spacing")
            : Collections.nCopies(
                axes.size(),
                call.node().argument("spacing").isPresent() && call.given("spacing")
                    ? call.number("spacing")
                    : 1.0);
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      results.add(gradient(call, onnx, (int) (long) axes.get(i), spacing.get(i)));
    }
    return Translation.of(results);
  }

  // The neighbours' difference over their distance; at an edge the sample itself is one of them.
  private static Value gradient(Call call, OnnxNodes onnx, int axis, double spacing) {
    int rank = call.rank("self");
    if (!(call.meta("self").sizes().get(axis) instanceof SymInt.Known(long count))) {
      throw new UnsupportedArgument("derivatives along an axis of varying size");
    }
    DataType type = OnnxNodes.onnx(call.results().getFirst().dtype());
    Value self = call.operand("self", call.results().getFirst().dtype());
    Value first = SlicingTranslator.slice(onnx, self, axis, Size.of(0), Size.of(1), 1);
    Value last = SlicingTranslator.slice(onnx, self, axis, Size.of(-1), END, 1);
    Value before = joined(onnx, axis, first, earlier(onnx, self, axis));
    Value after = joined(onnx, axis, later(onnx, self, axis), last);
    double[] distances = new double[(int) count];
    for (int i = 0; i < count; i++) {
      distances[i] = i == 0 || i == count - 1 ? spacing : 2 * spacing;
    }
    long[] dims = new long[rank];
    Arrays.fill(dims, 1);
    dims[axis] = count;
    Value apart = onnx.numbers("distances", type, distances, dims);
    return onnx.add("Div", onnx.add("Sub", after, before), apart);
  }

  private static Value joined(OnnxNodes onnx, int axis, Value first, Value second) {
    return onnx.add(NodeSpec.of("Concat").inputs(first, second).attribute("axis", axis));
  }

  private static Value later(OnnxNodes onnx, Value x, int axis) {
    return SlicingTranslator.slice(onnx, x, axis, Size.of(1), END, 1);
  }

  private static Value earlier(OnnxNodes onnx, Value x, int axis) {
    return SlicingTranslator.slice(onnx, x, axis, Size.of(0), Size.of(-1), 1);
  }
}
