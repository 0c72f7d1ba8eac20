package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tensors with some elements replaced → `ScatterElements`, `ScatterND`.
final class ScatterTranslator implements AtenTranslator {
  private static final Set<String> EXTREMES = Set.of("amax", "amin");
  private static final int EXTREMES_OPSET = 18;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.scatter",
        "aten.scatter_add",
        "aten.scatter_reduce",
        "aten.index_add",
        "aten.index_copy",
        "aten.index_fill",
        "aten.slice_scatter",
        "aten.select_scatter",
        "aten.masked_scatter",
        "aten.index_put",
        "aten._unsafe_index_put");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.op().equals("masked_scatter")) {
      return Translation.of(maskedScatter(call, onnx));
    }
    if (call.op().endsWith("index_put")) {
      Value values = call.operand("values", call.meta("self").dtype());
      return Translation.of(new AdvancedIndex(call, onnx).write(values, call.flag("accumulate")));
    }
    Value self = call.tensor("self");
    int axis = call.axis("dim", call.rank("self"));
    return switch (call.op()) {
      case "scatter" -> {
        String reduction = call.overload().endsWith("reduce") ? call.text("reduce") : "";
        yield Translation.of(
            put(onnx, self, axis, call.tensor("index"), updates(call, onnx), onnxName(reduction)));
      }
      case "scatter_add" ->
          Translation.of(merge(call, onnx, self, axis, updates(call, onnx), "add"));
      case "scatter_reduce" -> Translation.of(reduce(call, onnx, self, axis));
      case "index_add" -> {
        Value source = call.tensor("source");
        Value amount =
            call.number("alpha") == 1
                ? source
                : onnx.add("Mul", source, call.operand("alpha", call.meta("self").dtype()));
        yield Translation.of(
            put(onnx, self, axis, spread(call, onnx, axis, source), amount, "add"));
      }
      case "index_copy" -> {
        Value source = call.tensor("source");
        yield Translation.of(put(onnx, self, axis, spread(call, onnx, axis, source), source, ""));
      }
      case "index_fill" -> Translation.of(fill(call, onnx, self, axis));
      case "slice_scatter" -> {
        Optional<Value> joined = joined(call, onnx, self, axis);
        if (joined.isPresent()) {
          yield Translation.of(joined.get());
        }
        Value places = places(call, onnx, axis);
        Value source = call.operand("src", call.meta("self").dtype());
        Value index = onnx.add("Expand", column(call, onnx, axis, places), onnx.shapeOf(source));
        yield Translation.of(put(onnx, self, axis, index, source, ""));
      }
      default -> {
        Value source = call.operand("src", call.meta("self").dtype());
        Value raised = onnx.add("Unsqueeze", source, onnx.vector(axis));
        Value index = onnx.add("Expand", onnx.scalar(call.size("index")), onnx.shapeOf(raised));
        yield Translation.of(put(onnx, self, axis, index, raised, ""));
      }
    };
  }

  /// A whole run of places with known ends: what is before it, the new part, what is after it.
  private static Optional<Value> joined(Call call, OnnxNodes onnx, Value self, int axis) {
    if (!(call.meta("self").sizes().get(axis) instanceof SymInt.Known(long size))
        || call.integer("step") != 1
        || !((call.given("start") ? call.size("start") : Size.of(0))
            instanceof Size.Fixed(long start))
        || !((call.given("end") ? call.size("end") : Size.of(size))
            instanceof Size.Fixed(long end))) {
      return Optional.empty();
    }
    long from = Math.clamp(start < 0 ? start + size : start, 0, size);
    long to = Math.clamp(end < 0 ? end + size : end, from, size);
    Value source = call.operand("src", call.meta("self").dtype());
    List<Value> parts = new ArrayList<>();
    if (from > 0) {
      parts.add(SlicingTranslator.slice(onnx, self, axis, Size.of(0), Size.of(from), 1));
    }
    parts.add(source);
    if (to < size) {
      Size last = Size.of(Long.MAX_VALUE);
      parts.add(SlicingTranslator.slice(onnx, self, axis, Size.of(to), last, 1));
    }
    return Optional.of(
        parts.size() == 1
            ? source
            : onnx.add(NodeSpec.of("Concat").inputs(parts).attribute("axis", axis)));
  }

  private static Value put(
      OnnxNodes onnx, Value self, int axis, Value index, Value updates, String reduction) {
    NodeSpec spec =
        NodeSpec.of("ScatterElements").inputs(self, index, updates).attribute("axis", axis);
    return onnx.add(
        reduction.isEmpty() ? spec : spec.attribute("reduction", Attribute.of(reduction)));
  }

  // ONNX Runtime merges no half numbers.
  private static Value merge(
      Call call, OnnxNodes onnx, Value self, int axis, Value updates, String reduction) {
    Value index = call.tensor("index");
    TorchDtype type = call.meta("self").dtype();
    if (type != TorchDtype.FLOAT16) {
      return put(onnx, self, axis, index, updates, reduction);
    }
    Value merged =
        put(
            onnx,
            onnx.cast(self, type, TorchDtype.FLOAT32),
            axis,
            index,
            onnx.cast(updates, type, TorchDtype.FLOAT32),
            reduction);
    return onnx.cast(merged, TorchDtype.FLOAT32, type);
  }

  // PyTorch lets the source be larger than the index and reads its first part.
  private static Value updates(Call call, OnnxNodes onnx) {
    Value index = call.tensor("index");
    if (call.overload().startsWith("value")) {
      Value value = call.operand("value", call.meta("self").dtype());
      return onnx.add("Expand", value, onnx.shapeOf(index));
    }
    Value source = call.tensor("src");
    if (call.meta("src").sizes().equals(call.meta("index").sizes())) {
      return source;
    }
    long[] zeros = new long[call.rank("index")];
    return onnx.add("Slice", source, onnx.vector(zeros), onnx.shapeOf(index));
  }

  private static Value reduce(Call call, OnnxNodes onnx, Value self, int axis) {
    TorchDtype dtype = call.meta("self").dtype();
    DataType type = OnnxNodes.onnx(dtype);
    Value index = call.tensor("index");
    String reduction = call.text("reduce");
    Value start = self;
    if (!call.flag("include_self")) {
      Value neutral = onnx.scalar(type, neutral(reduction, dtype));
      start = put(onnx, self, axis, index, onnx.add("Expand", neutral, onnx.shapeOf(index)), "");
    }
    if (EXTREMES.contains(reduction) && onnx.opset() < EXTREMES_OPSET) {
      return extremes(call, onnx, start, axis, reduction);
    }
    Value result = merge(call, onnx, start, axis, updates(call, onnx), onnxName(reduction));
    if (!reduction.equals("mean")) {
      return result;
    }
    Value ones = onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(index));
    Value base =
        onnx.add(
            "Expand", onnx.scalar(type, call.flag("include_self") ? 1 : 0), onnx.shapeOf(self));
    Value counts = put(onnx, base, axis, index, ones, "add");
    return onnx.add("Div", result, onnx.add("Max", counts, onnx.scalar(type, 1)));
  }

  // Every update beside every place of the axis, and the extreme of those that meet.
  private static Value extremes(
      Call call, OnnxNodes onnx, Value start, int axis, String reduction) {
    TorchDtype dtype = call.meta("self").dtype();
    Size count = ReshapeTranslator.own(call, onnx, "self").get(axis);
    Value neutral = onnx.scalar(OnnxNodes.onnx(dtype), neutral(reduction, dtype));
    Value all =
        onnx.add("Range", onnx.scalar(Size.of(0)), onnx.scalar(count), onnx.scalar(Size.of(1)));
    Value apart = onnx.vector(axis + 1L);
    Value meets =
        onnx.add(
            "Equal",
            onnx.add("Unsqueeze", call.tensor("index"), apart),
            column(call, onnx, axis, all));
    Value reaching =
        onnx.add("Where", meets, onnx.add("Unsqueeze", updates(call, onnx), apart), neutral);
    boolean most = reduction.equals("amax");
    Value extreme =
        onnx.add(
            NodeSpec.of(most ? "ReduceMax" : "ReduceMin")
                .inputs(reaching, onnx.vector(axis))
                .attribute("keepdims", 0));
    return onnx.add(most ? "Max" : "Min", start, widened(call, onnx, axis, extreme, neutral));
  }

  // The index may cover a part of the tensor, from the first place of every other axis on.
  private static Value widened(Call call, OnnxNodes onnx, int axis, Value extreme, Value neutral) {
    List<SymInt> places = new ArrayList<>(call.meta("self").sizes());
    List<SymInt> indices = new ArrayList<>(call.meta("index").sizes());
    places.remove(axis);
    indices.remove(axis);
    if (places.equals(indices)) {
      return extreme;
    }
    Value missing = onnx.add("Sub", onnx.shapeOf(call.tensor("self")), onnx.shapeOf(extreme));
    Value pads =
        onnx.add(
            NodeSpec.of("Concat")
                .inputs(onnx.vector(new long[call.rank("self")]), missing)
                .attribute("axis", 0));
    return onnx.add("Pad", extreme, pads, neutral);
  }

  private static String onnxName(String reduction) {
    return switch (reduction) {
      case "" -> "";
      case "add", "sum", "mean" -> "add";
      case "multiply", "prod" -> "mul";
      case "amax" -> "max";
      case "amin" -> "min";
      default -> throw new UnsupportedArgument("reduction " + reduction);
    };
  }

  private static double neutral(String reduction, TorchDtype dtype) {
    boolean floating = OnnxNodes.onnx(dtype).isFloat();
    return switch (reduction) {
      case "prod" -> 1;
      case "amax" -> floating ? Double.NEGATIVE_INFINITY : Long.MIN_VALUE;
      case "amin" -> floating ? Double.POSITIVE_INFINITY : Long.MAX_VALUE;
      default -> 0;
    };
  }

  // A mask over the axis, so that repeated indices do no harm.
  private static Value fill(Call call, OnnxNodes onnx, Value self, int axis) {
    Value size = onnx.sizes(List.of(ReshapeTranslator.own(call, onnx, "self").get(axis)));
    Value nothing = onnx.add("Expand", onnx.scalar(DataType.INT64, 0), size);
    Value index = onnx.add("Reshape", call.tensor("index"), onnx.vector(-1));
    Value ones = onnx.add("Expand", onnx.scalar(DataType.INT64, 1), onnx.shapeOf(index));
    Value mask = onnx.castTo(put(onnx, nothing, 0, index, ones, ""), DataType.BOOL);
    return onnx.add(
        "Where",
        column(call, onnx, axis, mask),
        call.operand("value", call.meta("self").dtype()),
        self);
  }

  /// The one-dimensional index along an axis, repeated over the others as `like` has them.
  private static Value spread(Call call, OnnxNodes onnx, int axis, Value like) {
    return onnx.add("Expand", column(call, onnx, axis, call.tensor("index")), onnx.shapeOf(like));
  }

  /// A vector laid along an axis.
  private static Value column(Call call, OnnxNodes onnx, int axis, Value vector) {
    List<Long> dims = new ArrayList<>(Collections.nCopies(call.rank("self"), 1L));
    dims.set(axis, -1L);
    return onnx.add("Reshape", vector, onnx.vector(dims));
  }

  // A slice of all places along the axis: it counts and cuts off as the slice of the tensor would.
  private static Value places(Call call, OnnxNodes onnx, int axis) {
    Value size = onnx.scalar(ReshapeTranslator.own(call, onnx, "self").get(axis));
    Value all = onnx.add("Range", onnx.scalar(Size.of(0)), size, onnx.scalar(Size.of(1)));
    Size start = call.given("start") ? call.size("start") : Size.of(0);
    Size end = call.given("end") ? call.size("end") : Size.of(Long.MAX_VALUE);
    return SlicingTranslator.slice(onnx, all, 0, start, end, call.integer("step"));
  }

  // The n-th true element takes the n-th element of the source.
  private static Value maskedScatter(Call call, OnnxNodes onnx) {
    Value self = call.tensor("self");
    Value mask = onnx.add("Expand", call.tensor("mask"), onnx.shapeOf(self));
    Value places = transposedNonZero(onnx, mask);
    Value count = onnx.add(NodeSpec.of("Shape").inputs(places).attribute("end", 1));
    Value source = onnx.add("Reshape", call.tensor("source"), onnx.vector(-1));
    Value taken = onnx.add("Slice", source, onnx.vector(0), count, onnx.vector(0));
    return onnx.add("ScatterND", self, places, taken);
  }

  /// Places of the true elements, one a row.
  static Value transposedNonZero(OnnxNodes onnx, Value mask) {
    return AxisOrderTranslator.transpose(onnx, onnx.add("NonZero", mask), List.of(1L, 0L));
  }
}
