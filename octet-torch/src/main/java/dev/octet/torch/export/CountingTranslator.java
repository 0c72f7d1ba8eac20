package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How often each value or range of values occurs → `ScatterElements` that adds.
final class CountingTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.bincount", "aten.histc", "aten.histogram");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "bincount" -> Translation.of(occurrences(call, onnx));
      case "histc" -> Translation.of(ranges(call, onnx));
      default -> Translation.of(histogram(call, onnx));
    };
  }

  private static Value occurrences(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Value self = call.operand("self", TorchDtype.INT64);
    Value most = onnx.add("ReduceMax", self, onnx.vector(0));
    Value needed = onnx.add("Add", most, onnx.scalar(DataType.INT64, 1));
    Value length = onnx.add("Max", needed, onnx.scalar(DataType.INT64, call.integer("minlength")));
    @Nullable Value weights =
        call.given("weights")
            ? call.operand("weights", call.result().dtype())
            : onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(self));
    return sums(onnx, self, weights, length, type);
  }

  /// The sum of the weights of each place.
  private static Value sums(
      OnnxNodes onnx, Value places, Value weights, Value length, DataType type) {
    return onnx.add(
        NodeSpec.of("ScatterElements")
            .inputs(onnx.add("Expand", onnx.scalar(type, 0), length), places, weights)
            .attribute("axis", 0)
            .attribute("reduction", Attribute.of("add")));
  }

  private static Value ranges(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.result().dtype();
    DataType type = OnnxNodes.onnx(dtype);
    Value x = onnx.add("Reshape", call.operand("self", dtype), onnx.vector(-1));
    double bins = call.integer("bins");
    Value low = onnx.scalar(type, call.number("min"));
    Value high = onnx.scalar(type, call.number("max"));
    if (call.number("min") == call.number("max")) {
      // Equal limits stand for those of the numbers, widened when these are all the same.
      Value least = extreme(onnx, "ReduceMin", x);
      Value most = extreme(onnx, "ReduceMax", x);
      Value one = onnx.scalar(type, 1);
      Value same = onnx.add("Equal", least, most);
      low = onnx.add("Where", same, onnx.add("Sub", least, one), least);
      high = onnx.add("Where", same, onnx.add("Add", most, one), most);
    }
    Value part = onnx.add("Div", onnx.add("Sub", x, low), onnx.add("Sub", high, low));
    Value place = onnx.castTo(onnx.add("Mul", part, onnx.scalar(type, bins)), DataType.INT64);
    return counted(onnx, x, low, high, place, (long) bins, null, type);
  }

  private static List<Value> histogram(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.results().getFirst().dtype();
    DataType type = OnnxNodes.onnx(dtype);
    Value x = onnx.add("Reshape", call.operand("self", dtype), onnx.vector(-1));
    Value edges = call.overload().equals("bins_tensor") ? call.tensor("bins") : even(call, onnx);
    if (!(call.results().getFirst().sizes().getFirst() instanceof SymInt.Known(long bins))) {
      throw new UnsupportedArgument("a histogram of a varying number of bins");
    }
    Value place =
        onnx.add(
            "Sub", SearchTranslator.below(onnx, edges, x, true), onnx.scalar(DataType.INT64, 1));
    @Nullable Value weights =
        call.given("weight")
            ? onnx.add("Reshape", call.operand("weight", dtype), onnx.vector(-1))
            : null;
    Value low = onnx.add("Gather", edges, onnx.scalar(DataType.INT64, 0));
    Value high = onnx.add("Gather", edges, onnx.scalar(DataType.INT64, -1));
    Value sums = counted(onnx, x, low, high, place, bins, weights, type);
    if (call.flag("density")) {
      Value all = onnx.add(NodeSpec.of("ReduceSum").inputs(sums).attribute("keepdims", 0));
      Value starts = SlicingTranslator.slice(onnx, edges, 0, Size.of(0), Size.of(-1), 1);
      Value ends = SlicingTranslator.slice(onnx, edges, 0, Size.of(1), Size.of(Long.MAX_VALUE), 1);
      Value widths = onnx.add("Sub", ends, starts);
      sums = onnx.add("Div", onnx.add("Div", sums, all), widths);
    }
    return List.of(sums, edges);
  }

  private static Value even(Call call, OnnxNodes onnx) {
    if (!call.given("range")) {
      throw new UnsupportedArgument("a histogram between limits that are not given");
    }
    DataType type = OnnxNodes.onnx(call.results().getFirst().dtype());
    List<Double> range = call.numbers("range");
    int bins = Math.toIntExact(call.integer("bins"));
    double[] edges = new double[bins + 1];
    for (int i = 0; i <= bins; i++) {
      edges[i] = range.get(0) + (range.get(1) - range.get(0)) * i / bins;
    }
    return onnx.numbers("edges", type, edges, edges.length);
  }

  /// Counts what lies between the limits; the upper one belongs to the last range.
  private static Value counted(
      OnnxNodes onnx,
      Value x,
      Value low,
      Value high,
      Value place,
      long bins,
      @Nullable Value weights,
      DataType type) {
    Value inside =
        onnx.add("And", onnx.add("GreaterOrEqual", x, low), onnx.add("LessOrEqual", x, high));
    Value counts = onnx.castTo(inside, type);
    Value zero = onnx.scalar(DataType.INT64, 0);
    Value kept =
        onnx.add(
            "Where", inside, onnx.add("Min", place, onnx.scalar(DataType.INT64, bins - 1)), zero);
    return sums(
        onnx,
        kept,
        weights == null ? counts : onnx.add("Mul", counts, weights),
        onnx.vector(bins),
        type);
  }

  private static Value extreme(OnnxNodes onnx, String op, Value x) {
    return onnx.add(NodeSpec.of(op).inputs(x).attribute("keepdims", 0));
  }
}
