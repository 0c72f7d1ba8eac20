package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// The same elements in other places: rotations, parts, grids, windows.
final class RearrangeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.rot90",
        "aten.fliplr",
        "aten.flipud",
        "aten.tensor_split",
        "aten.hsplit",
        "aten.vsplit",
        "aten.dsplit",
        "aten.meshgrid",
        "aten.channel_shuffle",
        "aten.native_channel_shuffle",
        "aten.unfold",
        "aten.as_strided");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "rot90" -> Translation.of(quarterTurns(call, onnx));
      case "fliplr" -> Translation.of(reversed(onnx, call.tensor("self"), 1));
      case "flipud" -> Translation.of(reversed(onnx, call.tensor("self"), 0));
      case "tensor_split" -> parts(call, onnx, call.axis("dim", call.rank("self")));
      case "hsplit" -> parts(call, onnx, Math.min(1, call.rank("self") - 1));
      case "vsplit" -> parts(call, onnx, 0);
      case "dsplit" -> parts(call, onnx, 2);
      case "meshgrid" -> Translation.of(grid(call, onnx));
      case "channel_shuffle", "native_channel_shuffle" -> Translation.of(shuffled(call, onnx));
      case "unfold" -> Translation.of(windows(call, onnx));
      default -> strided(call, onnx);
    };
  }

  private static Value reversed(OnnxNodes onnx, Value input, int axis) {
    return onnx.add(
        "Slice",
        input,
        onnx.vector(-1),
        onnx.vector(Long.MIN_VALUE),
        onnx.vector(axis),
        onnx.vector(-1));
  }

  private static Value quarterTurns(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    List<Long> axes = call.axes("dims", rank);
    int first = (int) (long) axes.get(0);
    int second = (int) (long) axes.get(1);
    Value self = call.tensor("self");
    List<Long> swapped = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    Collections.swap(swapped, first, second);
    return switch ((int) Math.floorMod(call.integer("k"), 4L)) {
      case 1 -> AxisOrderTranslator.transpose(onnx, reversed(onnx, self, second), swapped);
      case 2 -> reversed(onnx, reversed(onnx, self, first), second);
      case 3 -> AxisOrderTranslator.transpose(onnx, reversed(onnx, self, first), swapped);
      default -> self;
    };
  }

  private static Translation parts(Call call, OnnxNodes onnx, int axis) {
    List<Long> lengths = new ArrayList<>();
    for (String name : call.node().outputNames()) {
      if (!(call.metaOf(name).sizes().get(axis) instanceof SymInt.Known(long length))) {
        return Translation.unsupported("parts of an axis of varying size");
      }
      lengths.add(length);
    }
    return Translation.of(
        onnx.add(
            NodeSpec.of("Split")
                .inputs(call.tensor("self"), onnx.vector(lengths))
                .attribute("axis", axis),
            lengths.size()));
  }

  private static List<Value> grid(Call call, OnnxNodes onnx) {
    List<String> names = call.tensorNames("tensors");
    boolean xy = call.overload().equals("indexing") && call.text("indexing").equals("xy");
    int rank = names.size();
    List<Value> laid = new ArrayList<>();
    List<Value> lengths = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int axis = xy && rank > 1 && i < 2 ? 1 - i : i;
      long[] dims = new long[rank];
      Arrays.fill(dims, 1);
      dims[axis] = -1;
      laid.add(onnx.add("Reshape", call.named(names.get(i)), onnx.vector(dims)));
      lengths.add(onnx.shapeOf(laid.getLast()));
    }
    Value shape =
        lengths.size() == 1 ? lengths.getFirst() : onnx.add(NodeSpec.of("Max").inputs(lengths));
    return laid.stream().map(value -> onnx.add("Expand", value, shape)).toList();
  }

  private static Value shuffled(Call call, OnnxNodes onnx) {
    Value self = call.tensor("self");
    int rank = call.rank("self");
    long groups = call.integer("groups");
    if (!(ReshapeTranslator.own(call, onnx, "self").get(1) instanceof Size.Fixed(long channels))) {
      throw new UnsupportedArgument("a channel shuffle of a varying number of channels");
    }
    Value split = onnx.add("Reshape", self, onnx.vector(0, groups, channels / groups, -1));
    Value turned = AxisOrderTranslator.transpose(onnx, split, List.of(0L, 2L, 1L, 3L));
    return rank == 3 && channels == groups ? self : onnx.add("Reshape", turned, onnx.shapeOf(self));
  }

  // Windows side by side along an axis; the window itself becomes the last axis.
  private static Value windows(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    int axis = call.axis("dimension", rank);
    int size = (int) call.integer("size");
    long step = call.integer("step");
    long length =
        known(call.meta("self").sizes().get(axis), "windows over an axis of varying size");
    int count = (int) ((length - size) / step + 1);
    long[] places = new long[count * size];
    for (int i = 0; i < places.length; i++) {
      places[i] = i / size * step + i % size;
    }
    Value index = onnx.constant("windows", DenseTensor.ofLongs(places, count, size));
    Value picked =
        onnx.add(NodeSpec.of("Gather").inputs(call.tensor("self"), index).attribute("axis", axis));
    List<Long> order = new ArrayList<>(LongStream.rangeClosed(0, rank).boxed().toList());
    order.add(order.remove(axis + 1));
    return AxisOrderTranslator.transpose(onnx, picked, order);
  }

  private static Translation strided(Call call, OnnxNodes onnx) {
    TensorMeta self = call.meta("self");
    List<Long> strides = call.integers("stride");
    List<Long> sizes = call.integers("size");
    long offset = call.given("storage_offset") ? call.integer("storage_offset") : 0;
    if (!Strided.isRowByRow(self)) {
      return Translation.unsupported(
          "as_strided of a tensor that is not laid out row by row", "call contiguous() first");
    }
    long[] places = Strided.places(sizes, strides, offset);
    long[] dims = sizes.stream().mapToLong(Long::longValue).toArray();
    Value flat = onnx.add("Reshape", call.tensor("self"), onnx.vector(-1));
    return Translation.of(
        onnx.add("Gather", flat, onnx.constant("places", DenseTensor.ofLongs(places, dims))));
  }

  private static long known(SymInt size, String what) {
    if (size instanceof SymInt.Known(long value)) {
      return value;
    }
    throw new UnsupportedArgument(what);
  }
}
