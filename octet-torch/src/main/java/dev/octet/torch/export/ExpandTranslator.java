package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Repetition of elements → `Expand`, `Tile`.
final class ExpandTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.expand",
        "aten.expand_as",
        "aten.repeat",
        "aten.tile",
        "aten.copy",
        "aten.broadcast_tensors");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.op().equals("broadcast_tensors")) {
      return Translation.of(broadcast(call, onnx));
    }
    int rank = call.rank("self");
    Value input = call.tensor("self");
    return switch (call.op()) {
      case "expand" -> {
        // ONNX's Expand broadcasts: where PyTorch says "as it is", a 1 does.
        List<Size> sizes =
            call.sizes("size").stream()
                .map(size -> size.equals(Size.of(-1)) ? Size.of(1) : size)
                .toList();
        yield Translation.of(onnx.add("Expand", input, onnx.sizes(sizes)));
      }
      case "expand_as" ->
          Translation.of(onnx.add("Expand", input, onnx.shapeOf(call.tensor("other"))));
      case "copy" -> {
        Value source = call.operand("src", call.result().dtype());
        boolean same = call.meta("src").sizes().equals(call.meta("self").sizes());
        yield Translation.of(same ? source : onnx.add("Expand", source, onnx.shapeOf(input)));
      }
      default -> {
        List<Size> repeats =
            new ArrayList<>(call.sizes(call.op().equals("tile") ? "dims" : "repeats"));
        while (repeats.size() < rank) {
          repeats.addFirst(Size.of(1));
        }
        Value source = input;
        if (repeats.size() > rank) {
          List<Long> axes = new ArrayList<>();
          for (long axis = 0; axis < repeats.size() - rank; axis++) {
            axes.add(axis);
          }
          source = onnx.add("Unsqueeze", input, onnx.vector(axes));
        }
        yield Translation.of(onnx.add("Tile", source, onnx.sizes(repeats)));
      }
    };
  }

  private static List<Value> broadcast(Call call, OnnxNodes onnx) {
    List<String> names = call.tensorNames("tensors");
    List<SymInt> common = call.metaOf(call.node().outputNames().getFirst()).sizes();
    List<Value> results = new ArrayList<>();
    for (String name : names) {
      boolean whole = call.metaOf(name).sizes().equals(common);
      Value value = call.named(name);
      results.add(
          whole ? value : onnx.add("Expand", value, onnx.sizes(sizes(call, onnx, names, common))));
    }
    return results;
  }

  /// The common sizes; each that varies is taken from a tensor that has it.
  private static List<Size> sizes(
      Call call, OnnxNodes onnx, List<String> names, List<SymInt> common) {
    List<Size> sizes = new ArrayList<>();
    for (int axis = 0; axis < common.size(); axis++) {
      switch (common.get(axis)) {
        case SymInt.Known(long size) -> sizes.add(Size.of(size));
        case SymInt.Expression size -> sizes.add(varying(call, onnx, names, size, common, axis));
      }
    }
    return sizes;
  }

  private static Size varying(
      Call call,
      OnnxNodes onnx,
      List<String> names,
      SymInt.Expression size,
      List<SymInt> common,
      int axis) {
    for (String name : names) {
      List<SymInt> own = call.metaOf(name).sizes();
      int place = axis - (common.size() - own.size());
      if (place >= 0 && own.get(place).equals(size)) {
        return onnx.dimension(call.named(name), place, size.text());
      }
    }
    throw new UnsupportedArgument("no tensor has the size they are broadcast to");
  }
}
