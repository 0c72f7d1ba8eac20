package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Parts of a tensor along an axis → `Slice`, `Gather` with one index, `Split`.
final class SlicingTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.slice",
        "aten.narrow",
        "aten.select",
        "aten.select_copy",
        "aten.split",
        "aten.split_with_sizes",
        "aten.chunk",
        "aten.unbind",
        "aten.flip",
        "aten.roll",
        "aten.fft_fftshift",
        "aten.fft_ifftshift",
        "aten.diff");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    Value input = call.tensor("self");
    return switch (call.op()) {
      case "slice" -> {
        Size start = call.given("start") ? call.size("start") : Size.of(0);
        Size end = call.given("end") ? call.size("end") : Size.of(Long.MAX_VALUE);
        yield Translation.of(
            slice(onnx, input, call.axis("dim", rank), start, end, call.integer("step")));
      }
      case "narrow" -> {
        long start = call.integer("start");
        int axis = call.axis("dim", rank);
        yield Translation.of(
            slice(onnx, input, axis, Size.of(start), Size.of(start + call.integer("length")), 1));
      }
      case "select", "select_copy" ->
          Translation.of(
              onnx.add(
                  NodeSpec.of("Gather")
                      .inputs(input, onnx.scalar(call.size("index")))
                      .attribute("axis", call.axis("dim", rank))));
      case "flip" -> {
        List<Long> axes = call.axes("dims", rank);
        long[] starts = axes.stream().mapToLong(axis -> -1).toArray();
        long[] ends = axes.stream().mapToLong(axis -> Long.MIN_VALUE).toArray();
        yield Translation.of(
            onnx.add(
                "Slice",
                input,
                onnx.vector(starts),
                onnx.vector(ends),
                onnx.vector(axes),
                onnx.vector(starts)));
      }
      case "diff" -> difference(call, onnx, input, call.axis("dim", rank));
      case "roll" -> roll(call, onnx, input, rank);
      case "fft_fftshift", "fft_ifftshift" -> Translation.of(centred(call, onnx, input, rank));
      default -> parts(call, onnx, input, rank);
    };
  }

  /// Part of a tensor along one axis.
  static Value slice(OnnxNodes onnx, Value input, int axis, Size start, Size end, long step) {
    boolean all = start.equals(Size.of(0)) && end.equals(Size.of(Long.MAX_VALUE)) && step == 1;
    if (all) {
      return input;
    }
    Value axes = onnx.vector(axis);
    Value starts = onnx.sizes(List.of(start));
    Value ends = onnx.sizes(List.of(end));
    return step == 1
        ? onnx.add("Slice", input, starts, ends, axes)
        : onnx.add("Slice", input, starts, ends, axes, onnx.vector(step));
  }

  private static Translation difference(Call call, OnnxNodes onnx, Value input, int axis) {
    Value values = input;
    for (String name : List.of("prepend", "append")) {
      if (call.given(name)) {
        Value other = call.tensor(name);
        values =
            onnx.add(
                NodeSpec.of("Concat")
                    .inputs(
                        name.equals("prepend") ? List.of(other, values) : List.of(values, other))
                    .attribute("axis", axis));
      }
    }
    boolean truth = call.result().dtype() == TorchDtype.BOOL;
    for (long round = 0; round < call.integer("n"); round++) {
      Value later = slice(onnx, values, axis, Size.of(1), Size.of(Long.MAX_VALUE), 1);
      Value earlier = slice(onnx, values, axis, Size.of(0), Size.of(-1), 1);
      values = onnx.add(truth ? "Xor" : "Sub", later, earlier);
    }
    return Translation.of(values);
  }

  private static Translation roll(Call call, OnnxNodes onnx, Value input, int rank) {
    List<Long> axes = call.axes("dims", rank);
    List<Long> shifts = call.integers("shifts");
    if (axes.isEmpty()) {
      Value flat = onnx.add("Reshape", input, onnx.vector(-1));
      return Translation.of(
          onnx.add("Reshape", rolled(onnx, flat, 0, shifts.getFirst()), onnx.shapeOf(input)));
    }
    Value rolled = input;
    for (int i = 0; i < axes.size(); i++) {
      rolled = rolled(onnx, rolled, (int) (long) axes.get(i), shifts.get(i));
    }
    return Translation.of(rolled);
  }

  /// The first half of each axis after the second, or back.
  static Value centred(Call call, OnnxNodes onnx, Value input, int rank) {
    boolean back = call.op().equals("fft_ifftshift");
    List<Long> axes =
        call.given("dim") ? call.axes("dim", rank) : LongStream.range(0, rank).boxed().toList();
    Value moved = input;
    for (long axis : axes) {
      if (!(call.meta("self").sizes().get((int) axis) instanceof SymInt.Known(long size))) {
        throw new UnsupportedArgument("halves of an axis of varying size exchanged");
      }
      moved = rolled(onnx, moved, (int) axis, back ? size - size / 2 : size / 2);
    }
    return moved;
  }

  /// Every element moved on along an axis, the last ones to the start.
  static Value rolled(OnnxNodes onnx, Value input, int axis, long shift) {
    if (shift == 0) {
      return input;
    }
    Size cut = Size.of(-shift);
    Value tail = slice(onnx, input, axis, cut, Size.of(Long.MAX_VALUE), 1);
    Value head = slice(onnx, input, axis, Size.of(0), cut, 1);
    return onnx.add(NodeSpec.of("Concat").inputs(tail, head).attribute("axis", axis));
  }

  private static Translation parts(Call call, OnnxNodes onnx, Value input, int rank) {
    int axis = call.axis("dim", rank);
    int count = call.node().outputNames().size();
    if (count == 1 && !call.op().equals("unbind")) {
      return Translation.of(input);
    }
    List<Size> lengths =
        switch (call.op()) {
          case "split_with_sizes" -> call.sizes("split_sizes");
          case "split" ->
              call.overload().equals("sizes")
                  ? call.sizes("split_size")
                  : recordedLengths(call, onnx, input, axis);
          default -> recordedLengths(call, onnx, input, axis);
        };
    List<Value> split =
        onnx.add(
            NodeSpec.of("Split").inputs(input, onnx.sizes(lengths)).attribute("axis", axis), count);
    if (!call.op().equals("unbind")) {
      return Translation.of(split);
    }
    Value axes = onnx.vector(axis);
    return Translation.of(split.stream().map(part -> onnx.add("Squeeze", part, axes)).toList());
  }

  // Of parts that vary only the last can be told: it is what the others leave.
  private static List<Size> recordedLengths(Call call, OnnxNodes onnx, Value input, int axis) {
    List<Size> lengths = new ArrayList<>();
    long before = 0;
    List<String> names = call.node().outputNames();
    for (String name : names) {
      switch (call.op().equals("unbind")
          ? new SymInt.Known(1)
          : call.metaOf(name).sizes().get(axis)) {
        case SymInt.Known(long value) -> {
          lengths.add(Size.of(value));
          before += value;
        }
        case SymInt.Expression rest when lengths.size() == names.size() - 1 -> {
          Value whole = onnx.sizes(List.of(onnx.dimension(input, axis, "")));
          lengths.add(
              new Size.Computed(onnx.add("Sub", whole, onnx.vector(before)), rest.toString()));
        }
        case SymInt.Expression _ ->
            throw new UnsupportedArgument("parts of an axis of varying size");
      }
    }
    return lengths;
  }
}
