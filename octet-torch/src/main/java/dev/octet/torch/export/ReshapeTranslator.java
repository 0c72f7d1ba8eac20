package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// The same elements under other dimensions → `Reshape`, `Flatten`, `Unsqueeze`, `Squeeze`.
///
/// A computed size becomes `0` when it is the input's own size at that place, else `-1` when it is
/// the only one; otherwise the shape is put together when the model runs.
final class ReshapeTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.view",
        "aten.reshape",
        "aten._unsafe_view",
        "aten.view_copy",
        "aten.view_as",
        "aten.reshape_as",
        "aten.flatten",
        "aten.unflatten",
        "aten.squeeze",
        "aten.squeeze_copy",
        "aten.unsqueeze",
        "aten.unsqueeze_copy",
        "aten.pixel_shuffle",
        "aten.pixel_unshuffle");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    Value input = call.tensor("self");
    return switch (call.op()) {
      case "view", "reshape", "_unsafe_view", "view_copy" ->
          call.node().argument("size").isEmpty() && call.node().argument("shape").isEmpty()
              ? Translation.unsupported(
                  "a view as another element type, which ONNX has no operator for",
                  "convert the numbers with to()")
              : Translation.of(
                  reshape(call, onnx, call.sizes(call.op().equals("reshape") ? "shape" : "size")));
      case "view_as", "reshape_as" ->
          Translation.of(onnx.add("Reshape", input, onnx.shapeOf(call.tensor("other"))));
      case "flatten" -> Translation.of(flatten(call, onnx, input, rank));
      case "unflatten" -> {
        int axis = call.axis("dim", rank);
        List<Size> sizes = new ArrayList<>();
        List<Size> kept = own(call, onnx, "self");
        sizes.addAll(kept.subList(0, axis));
        sizes.addAll(call.sizes("sizes"));
        sizes.addAll(kept.subList(axis + 1, rank));
        yield Translation.of(reshape(call, onnx, sizes));
      }
      case "unsqueeze", "unsqueeze_copy" ->
          Translation.of(onnx.add("Unsqueeze", input, onnx.vector(call.axis("dim", rank + 1))));
      case "squeeze", "squeeze_copy" -> Translation.of(squeeze(call, onnx, input, rank));
      default -> shuffle(call, onnx, input);
    };
  }

  /// Sizes of a tensor argument: numbers where recorded, computed otherwise.
  static List<Size> own(Call call, OnnxNodes onnx, String name) {
    List<SymInt> recorded = call.meta(name).sizes();
    List<Size> sizes = new ArrayList<>();
    for (int axis = 0; axis < recorded.size(); axis++) {
      sizes.add(
          switch (recorded.get(axis)) {
            case SymInt.Known(long value) -> Size.of(value);
            case SymInt.Expression expression ->
                onnx.dimension(call.tensor(name), axis, expression.text());
          });
    }
    return sizes;
  }

  private static Value reshape(Call call, OnnxNodes onnx, List<Size> sizes) {
    TensorMeta input = call.meta("self");
    List<Size> stated = new ArrayList<>(sizes);
    for (int axis = 0; axis < Math.min(sizes.size(), input.rank()); axis++) {
      if (sizes.get(axis) instanceof Size.Computed computed
          && input.sizes().get(axis) instanceof SymInt.Expression expression
          && computed.expression().equals(expression.text())) {
        stated.set(axis, Size.of(0));
      }
    }
    List<Size> open = stated.stream().filter(Size.Computed.class::isInstance).toList();
    boolean rest = sizes.stream().anyMatch(size -> size.equals(Size.of(-1)));
    if (open.size() == 1 && !rest) {
      stated.set(stated.indexOf(open.getFirst()), Size.of(-1));
    }
    boolean empty = sizes.stream().anyMatch(size -> size.equals(Size.of(0)));
    NodeSpec spec =
        NodeSpec.of("Reshape").inputs(call.tensor("self"), onnx.sizes(empty ? sizes : stated));
    return onnx.add(empty ? spec.attribute("allowzero", 1) : spec);
  }

  private static Value flatten(Call call, OnnxNodes onnx, Value input, int rank) {
    if (rank == 0) {
      return onnx.add("Reshape", input, onnx.vector(1));
    }
    int start = call.axis("start_dim", rank);
    int end = call.axis("end_dim", rank);
    if (start == end) {
      return input;
    }
    if (start == 1 && end == rank - 1) {
      return onnx.add("Flatten", input);
    }
    List<Size> sizes = own(call, onnx, "self");
    List<Size> flat = new ArrayList<>();
    for (int axis = 0; axis < start; axis++) {
      flat.add(Size.of(0));
    }
    flat.add(Size.of(-1));
    flat.addAll(sizes.subList(end + 1, rank));
    return onnx.add("Reshape", input, onnx.sizes(flat));
  }

  // ONNX refuses to squeeze an axis that is not 1; PyTorch leaves it alone.
  private static Value squeeze(Call call, OnnxNodes onnx, Value input, int rank) {
    List<Long> wanted =
        call.overload().equals("default")
            ? LongStream.range(0, rank).boxed().toList()
            : call.axes("dim", rank);
    List<Long> ones =
        wanted.stream()
            .filter(
                axis ->
                    call.meta("self").sizes().get((int) (long) axis)
                            instanceof SymInt.Known(long size)
                        && size == 1)
            .toList();
    return ones.isEmpty() ? input : onnx.add("Squeeze", input, onnx.vector(ones));
  }

  private static Translation shuffle(Call call, OnnxNodes onnx, Value input) {
    if (call.rank("self") != 4) {
      return Translation.of(shuffledInBatch(call, onnx, input));
    }
    return shuffled(call, onnx, input);
  }

  // Whatever dimensions come before the last three are a batch.
  private static Value shuffledInBatch(Call call, OnnxNodes onnx, Value input) {
    boolean up = call.op().equals("pixel_shuffle");
    List<Size> sizes = own(call, onnx, "self");
    List<Long> image = new ArrayList<>();
    for (Size size : sizes.subList(sizes.size() - 3, sizes.size())) {
      if (!(size instanceof Size.Fixed(long known))) {
        throw new UnsupportedArgument("pixel shuffle of a single image of varying size");
      }
      image.add(known);
    }
    long block = call.integer(up ? "upscale_factor" : "downscale_factor");
    long channels = image.get(0);
    long height = image.get(1);
    long width = image.get(2);
    List<Size> lead = new ArrayList<>(sizes.subList(0, sizes.size() - 3));
    Value split =
        onnx.add(
            "Reshape",
            input,
            up
                ? onnx.vector(-1, channels / block / block, block, block, height, width)
                : onnx.vector(-1, channels, height / block, block, width / block, block));
    List<Long> order = up ? List.of(0L, 1L, 4L, 2L, 5L, 3L) : List.of(0L, 1L, 3L, 5L, 2L, 4L);
    Value turned = AxisOrderTranslator.transpose(onnx, split, order);
    lead.add(Size.of(up ? channels / block / block : channels * block * block));
    lead.add(Size.of(up ? height * block : height / block));
    lead.add(Size.of(up ? width * block : width / block));
    return onnx.add("Reshape", turned, onnx.sizes(lead));
  }

  private static Translation shuffled(Call call, OnnxNodes onnx, Value input) {
    if (call.op().equals("pixel_shuffle")) {
      return Translation.of(
          onnx.add(
              NodeSpec.of("DepthToSpace")
                  .inputs(input)
                  .attribute("blocksize", call.integer("upscale_factor"))
                  .attribute("mode", dev.octet.ir.Attribute.of("CRD"))));
    }
    // SpaceToDepth orders the new channels block first, PyTorch channel first.
    long block = call.integer("downscale_factor");
    List<Size> sizes = own(call, onnx, "self");
    if (!(sizes.get(1) instanceof Size.Fixed(long channels))) {
      return Translation.unsupported("pixel unshuffle with a varying number of channels");
    }
    Value blocks =
        onnx.add(NodeSpec.of("SpaceToDepth").inputs(input).attribute("blocksize", block));
    Value shape = onnx.shapeOf(blocks);
    Value merged =
        onnx.add("Reshape", blocks, onnx.vector(-1, block * block, channels, spatial(call)));
    Value turned = AxisOrderTranslator.transpose(onnx, merged, List.of(0L, 2L, 1L, 3L));
    return Translation.of(onnx.add("Reshape", turned, shape));
  }

  private static long spatial(Call call) {
    SymInt height = call.result().sizes().get(2);
    SymInt width = call.result().sizes().get(3);
    if (height instanceof SymInt.Known(long h) && width instanceof SymInt.Known(long w)) {
      return Math.multiplyExact(h, w);
    }
    throw new UnsupportedArgument("pixel unshuffle of an image of varying size");
  }
}
