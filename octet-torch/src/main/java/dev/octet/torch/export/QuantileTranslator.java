package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Medians and quantiles: numbers at a fraction of an axis put in order → `TopK`, `Gather`.
final class QuantileTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.median", "aten.nanmedian", "aten.quantile", "aten.nanquantile");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    Ordered ordered = Ordered.of(call, onnx);
    return call.op().endsWith("median")
        ? median(call, onnx, ordered)
        : Translation.of(quantile(call, onnx, ordered));
  }

  // The lower one of the two in the middle.
  private static Translation median(Call call, OnnxNodes onnx, Ordered ordered) {
    Value middle = onnx.add("Div", ordered.last(), onnx.scalar(DataType.INT64, 2));
    Value index = ordered.perSlice() ? middle : onnx.add("Unsqueeze", middle, onnx.vector(0));
    Value value = ordered.known(call, onnx, ordered.at(onnx, ordered.values(), index));
    if (!call.overload().equals("dim")) {
      return Translation.of(onnx.add("Squeeze", value, onnx.vector(-1)));
    }
    Value place = ordered.placed(onnx, ordered.at(onnx, ordered.places(), index));
    return Translation.of(
        List.of(ordered.reduced(call, onnx, value), ordered.reduced(call, onnx, place)));
  }

  private static Value quantile(Call call, OnnxNodes onnx, Ordered ordered) {
    TorchDtype dtype = call.result().dtype();
    DataType type = OnnxNodes.onnx(dtype);
    Value fraction = call.operand("q", dtype);
    boolean several = call.isTensor("q") && call.rank("q") == 1;
    Value fractions = several ? fraction : onnx.add("Reshape", fraction, onnx.vector(1));
    Value rank = onnx.add("Mul", fractions, onnx.castTo(ordered.last(), type));
    Value below = ordered.at(onnx, ordered.values(), place(onnx, "Floor", rank));
    Value above = ordered.at(onnx, ordered.values(), place(onnx, "Ceil", rank));
    Value between =
        switch (call.text("interpolation")) {
          case "lower" -> below;
          case "higher" -> above;
          case "nearest" -> ordered.at(onnx, ordered.values(), place(onnx, "Round", rank));
          case "midpoint" -> onnx.add("Mul", onnx.add("Add", below, above), onnx.scalar(type, 0.5));
          default -> {
            Value part = onnx.add("Sub", rank, onnx.add("Floor", rank));
            Value step = onnx.add("Sub", above, below);
            yield onnx.add("Add", below, onnx.add("Mul", part, step));
          }
        };
    Value known = ordered.known(call, onnx, between);
    if (!several) {
      return ordered.reduced(call, onnx, known);
    }
    // The quantiles' own axis comes first.
    int last = ordered.rank() - 1;
    List<Long> order = new ArrayList<>(List.of((long) last));
    LongStream.range(0, last).forEach(order::add);
    Value first = AxisOrderTranslator.transpose(onnx, known, order);
    return call.flag("keepdim")
        ? onnx.add("Unsqueeze", first, onnx.vector(ordered.reducedAxes(1)))
        : first;
  }

  private static Value place(OnnxNodes onnx, String rounding, Value rank) {
    Value place = onnx.castTo(onnx.add(rounding, rank), DataType.INT64);
    // Where there is no number at all, the last one's place is −1.
    return onnx.add("Max", place, onnx.scalar(DataType.INT64, 0));
  }

  /// The numbers of an axis, or all, in ascending order along the last axis.
  ///
  /// @param values the numbers, those that are none last
  /// @param places where each was
  /// @param last place of the last number: one for all, or one for each slice, `[…, 1]`
  /// @param perSlice which of the two
  /// @param none which elements are no numbers, where one makes the whole result none
  /// @param axis the axis that is reduced; −1 for all of `rankBefore`
  private record Ordered(
      Value values,
      Value places,
      Value last,
      boolean perSlice,
      @Nullable Value none,
      int axis,
      int rankBefore) {

    static Ordered of(Call call, OnnxNodes onnx) {
      int rank = call.rank("self");
      boolean hasAxis = AtenSchemas.standard().parameter(call.node().op(), "dim").isPresent();
      int axis = hasAxis && call.given("dim") ? call.axis("dim", rank) : -1;
      Value self = call.tensor("self");
      List<Size> sizes = ReshapeTranslator.own(call, onnx, "self");
      Value x;
      Value count;
      if (axis < 0) {
        x = onnx.add("Reshape", self, onnx.vector(-1));
        count = onnx.shapeOf(x);
      } else {
        List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        order.add(order.remove(axis));
        x = AxisOrderTranslator.transpose(onnx, self, order);
        count = onnx.sizes(List.of(sizes.get(axis)));
      }
      boolean perSlice = call.op().startsWith("nan");
      Value numbers = x;
      Value last =
          onnx.add(
              "Sub", onnx.add("Squeeze", count, onnx.vector(0)), onnx.scalar(DataType.INT64, 1));
      if (perSlice) {
        DataType type = OnnxNodes.onnx(call.meta("self").dtype());
        Value none = onnx.add("IsNaN", x);
        numbers = onnx.add("Where", none, onnx.scalar(type, Double.POSITIVE_INFINITY), x);
        Value there = onnx.castTo(onnx.add("Not", none), DataType.INT64);
        last =
            onnx.add(
                "Sub",
                onnx.add("ReduceSum", there, onnx.vector(-1)),
                onnx.scalar(DataType.INT64, 1));
      }
      List<Value> sorted =
          onnx.add(NodeSpec.of("TopK").inputs(numbers, count).attribute("largest", 0), 2);
      @Nullable Value spoiling =
          !perSlice && call.meta("self").dtype().isFloat()
              ? onnx.castTo(onnx.add("IsNaN", x), DataType.INT32)
              : null;
      return new Ordered(sorted.get(0), sorted.get(1), last, perSlice, spoiling, axis, rank);
    }

    int rank() {
      return axis < 0 ? 1 : rankBefore;
    }

    /// What stands at these places of the last axis.
    Value at(OnnxNodes onnx, Value values, Value index) {
      return onnx.add(
          NodeSpec.of(perSlice ? "GatherElements" : "Gather")
              .inputs(values, index)
              .attribute("axis", -1));
    }

    /// The value, or none where there was no number, or one that is none.
    Value known(Call call, OnnxNodes onnx, Value value) {
      @Nullable Value unknown =
          perSlice ? onnx.add("Less", last, onnx.scalar(DataType.INT64, 0)) : spoiled(onnx);
      if (unknown == null) {
        return value;
      }
      DataType type = OnnxNodes.onnx(call.meta("self").dtype());
      return onnx.add("Where", unknown, onnx.scalar(type, Double.NaN), value);
    }

    /// The place, or that of the first element that is no number.
    Value placed(OnnxNodes onnx, Value place) {
      @Nullable Value spoiled = spoiled(onnx);
      if (none == null || spoiled == null) {
        return place;
      }
      Value first = onnx.add(NodeSpec.of("ArgMax").inputs(none).attribute("axis", -1));
      return onnx.add("Where", spoiled, first, place);
    }

    private @Nullable Value spoiled(OnnxNodes onnx) {
      return none == null
          ? null
          : onnx.castTo(onnx.add("ReduceMax", none, onnx.vector(-1)), DataType.BOOL);
    }

    /// One number a slice, `[…, 1]`, in the shape the call returns.
    Value reduced(Call call, OnnxNodes onnx, Value value) {
      Value squeezed = onnx.add("Squeeze", value, onnx.vector(-1));
      return call.flag("keepdim")
          ? onnx.add("Unsqueeze", squeezed, onnx.vector(reducedAxes(0)))
          : squeezed;
    }

    List<Long> reducedAxes(int shift) {
      return axis < 0
          ? LongStream.range(shift, rankBefore + (long) shift).boxed().toList()
          : List.of((long) axis + shift);
    }
  }
}
