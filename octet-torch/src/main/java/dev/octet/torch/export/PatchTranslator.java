package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Patches of images and sampling between pixels → `Gather`, `Col2Im`, `GridSample`.
final class PatchTranslator implements AtenTranslator {
  private static final int IMAGE_OPSET = 18;
  private static final int RENAMED_MODES = 20;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.im2col",
        "aten.col2im",
        "aten.grid_sampler",
        "aten.grid_sampler_2d",
        "aten.grid_sampler_3d",
        "aten.affine_grid_generator");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "im2col" -> Translation.of(batched(call, onnx, 4, PatchTranslator::columns));
      case "col2im" -> Translation.of(batched(call, onnx, 3, PatchTranslator::image));
      case "affine_grid_generator" -> Translation.of(affineGrid(call, onnx));
      default -> sampled(call, onnx);
    };
  }

  private interface OfBatch {
    Value of(Call call, OnnxNodes onnx, Value batch);
  }

  private static Value batched(Call call, OnnxNodes onnx, int rank, OfBatch translation) {
    Value self = call.tensor("self");
    if (call.rank("self") == rank) {
      return translation.of(call, onnx, self);
    }
    Value batch = onnx.add("Unsqueeze", self, onnx.vector(0));
    return onnx.add("Squeeze", translation.of(call, onnx, batch), onnx.vector(0));
  }

  /// A size of an image or its patches, counted from the end.
  private static SymInt fromEnd(Call call, int place) {
    List<SymInt> sizes = call.meta("self").sizes();
    return sizes.get(sizes.size() - place);
  }

  // Rows and columns of every patch are picked one after the other: [N,C,kh,oh,kw,ow]. Where their
  // number varies, every place in a window takes a slice of the side.
  private static Value columns(Call call, OnnxNodes onnx, Value batch) {
    List<Long> kernel = call.integers("kernel_size", 2);
    List<Long> dilation = call.integers("dilation", 2);
    List<Long> padding = call.integers("padding", 2);
    List<Long> stride = call.integers("stride", 2);
    Value x = batch;
    if (padding.get(0) + padding.get(1) > 0) {
      long top = padding.get(0);
      long left = padding.get(1);
      x = onnx.add("Pad", x, onnx.vector(0, 0, top, left, 0, 0, top, left));
    }
    for (int side = 0; side < 2; side++) {
      int window = (int) (long) kernel.get(side);
      if (!(fromEnd(call, 2 - side) instanceof SymInt.Known(long size))) {
        x = places(onnx, x, 2 + 2 * side, window, dilation.get(side), stride.get(side));
        continue;
      }
      long reach = dilation.get(side) * (window - 1) + 1;
      int count = (int) ((size + 2 * padding.get(side) - reach) / stride.get(side) + 1);
      long[] places = new long[window * count];
      for (int i = 0; i < places.length; i++) {
        places[i] = i / count * dilation.get(side) + i % count * stride.get(side);
      }
      Value index = onnx.constant("patches", DenseTensor.ofLongs(places, window, count));
      x = onnx.add(NodeSpec.of("Gather").inputs(x, index).attribute("axis", 2L + 2L * side));
    }
    Value turned = AxisOrderTranslator.transpose(onnx, x, List.of(0L, 1L, 2L, 4L, 3L, 5L));
    long channels = known(call, 3);
    long depth = channels * kernel.get(0) * kernel.get(1);
    return onnx.add("Reshape", turned, onnx.vector(0, depth, -1));
  }

  private static Value places(
      OnnxNodes onnx, Value x, int axis, int window, long dilation, long stride) {
    List<Value> places = new ArrayList<>();
    for (int place = 0; place < window; place++) {
      // The places after it are left out at the end, so that all slices are of one length.
      long after = (window - 1 - place) * dilation;
      Size end = Size.of(after == 0 ? Long.MAX_VALUE : -after);
      Value slice = SlicingTranslator.slice(onnx, x, axis, Size.of(place * dilation), end, stride);
      places.add(onnx.add("Unsqueeze", slice, onnx.vector(axis)));
    }
    return onnx.add(NodeSpec.of("Concat").inputs(places).attribute("axis", (long) axis));
  }

  private static long known(Call call, int fromEnd) {
    if (fromEnd(call, fromEnd) instanceof SymInt.Known(long size)) {
      return size;
    }
    throw new UnsupportedArgument("a varying number of channels");
  }

  private static Value image(Call call, OnnxNodes onnx, Value batch) {
    if (onnx.opset() < IMAGE_OPSET) {
      return summedImage(call, onnx, batch);
    }
    List<Long> padding = call.integers("padding", 2);
    return onnx.add(
        NodeSpec.of("Col2Im")
            .inputs(
                batch,
                onnx.sizes(call.sizes("output_size")),
                onnx.vector(call.integers("kernel_size", 2)))
            .attribute("dilations", new Attribute.OfInts(call.integers("dilation", 2)))
            .attribute("strides", new Attribute.OfInts(call.integers("stride", 2)))
            .attribute(
                "pads",
                Attribute.ints(padding.get(0), padding.get(1), padding.get(0), padding.get(1))));
  }

  // Before there was Col2Im: every element of every patch is added to its pixel; what lies in the
  // padding goes to one more pixel, which is cut off.
  private static Value summedImage(Call call, OnnxNodes onnx, Value batch) {
    List<Long> kernel = call.integers("kernel_size", 2);
    List<Long> output = call.integers("output_size");
    int height = (int) (long) output.get(0);
    int width = (int) (long) output.get(1);
    int[] rows = starts(call, 0, height);
    int[] columns = starts(call, 1, width);
    List<Long> dilation = call.integers("dilation", 2);
    int window = Math.toIntExact(kernel.get(0) * kernel.get(1));
    long[] pixels = new long[window * rows.length * columns.length];
    for (int i = 0; i < pixels.length; i++) {
      int place = i / (rows.length * columns.length);
      int patch = i % (rows.length * columns.length);
      long y = rows[patch / columns.length] + place / kernel.get(1) * dilation.get(0);
      long x = columns[patch % columns.length] + place % kernel.get(1) * dilation.get(1);
      boolean inside = y >= 0 && y < height && x >= 0 && x < width;
      pixels[i] = inside ? y * width + x : (long) height * width;
    }
    long channels = known(call, 2) / window;
    Value split = onnx.add("Reshape", batch, onnx.vector(0, channels, -1));
    Value updates = AxisOrderTranslator.transpose(onnx, split, List.of(2L, 0L, 1L));
    Value shape = onnx.add(NodeSpec.of("Shape").inputs(updates).attribute("start", 1));
    Value zeros =
        onnx.add(
            "Expand",
            onnx.scalar(OnnxNodes.onnx(call.result().dtype()), 0),
            onnx.add(
                NodeSpec.of("Concat")
                    .inputs(onnx.vector((long) height * width + 1), shape)
                    .attribute("axis", 0)));
    Value sums =
        onnx.add(
            NodeSpec.of("ScatterND")
                .inputs(
                    zeros,
                    onnx.constant("pixels", DenseTensor.ofLongs(pixels, pixels.length, 1)),
                    updates)
                .attribute("reduction", Attribute.of("add")));
    Value image = SlicingTranslator.slice(onnx, sums, 0, Size.of(0), Size.of(-1), 1);
    return onnx.add(
        "Reshape",
        AxisOrderTranslator.transpose(onnx, image, List.of(1L, 2L, 0L)),
        onnx.vector(0, channels, height, width));
  }

  /// Where the patches start along a side, in pixels of the image without its padding.
  private static int[] starts(Call call, int side, int size) {
    long kernel = call.integers("kernel_size", 2).get(side);
    long padding = call.integers("padding", 2).get(side);
    long stride = call.integers("stride", 2).get(side);
    long reach = call.integers("dilation", 2).get(side) * (kernel - 1) + 1;
    int count = (int) ((size + 2 * padding - reach) / stride + 1);
    return IntStream.range(0, count).map(i -> (int) (i * stride - padding)).toArray();
  }

  private static Translation sampled(Call call, OnnxNodes onnx) {
    boolean renamed = onnx.opset() >= RENAMED_MODES;
    if (call.rank("input") != 4 && !renamed) {
      return Translation.unsupported("sampling of volumes", "export with --opset 20 or later");
    }
    String mode =
        switch ((int) call.integer("interpolation_mode")) {
          case 0 -> renamed ? "linear" : "bilinear";
          case 1 -> "nearest";
          default -> renamed ? "cubic" : "bicubic";
        };
    String padding =
        List.of("zeros", "border", "reflection").get((int) call.integer("padding_mode"));
    return Translation.of(
        onnx.add(
            NodeSpec.of("GridSample")
                .inputs(call.tensor("input"), call.tensor("grid"))
                .attribute("mode", Attribute.of(mode))
                .attribute("padding_mode", Attribute.of(padding))
                .attribute("align_corners", call.flag("align_corners") ? 1 : 0)));
  }

  // The places of all pixels, times each matrix.
  private static Value affineGrid(Call call, OnnxNodes onnx) {
    List<Long> size = call.integers("size");
    List<Long> sides = size.subList(2, size.size()).reversed();
    int dims = sides.size();
    boolean corners = call.flag("align_corners");
    int count = Math.toIntExact(sides.stream().reduce(1L, Math::multiplyExact));
    double[] places = new double[count * (dims + 1)];
    for (int i = 0; i < count; i++) {
      int rest = i;
      for (int axis = 0; axis < dims; axis++) {
        int side = (int) (long) sides.get(axis);
        places[(dims + 1) * i + axis] = place(rest % side, side, corners);
        rest /= side;
      }
      places[(dims + 1) * i + dims] = 1;
    }
    DataType type = OnnxNodes.onnx(call.meta("theta").dtype());
    Value base = onnx.numbers("pixels", type, places, count, dims + 1L);
    Value turned = AxisOrderTranslator.transpose(onnx, call.tensor("theta"), List.of(0L, 2L, 1L));
    List<Long> shape = new ArrayList<>(List.of(-1L));
    shape.addAll(size.subList(2, size.size()));
    shape.add((long) dims);
    return onnx.add("Reshape", onnx.add("MatMul", base, turned), onnx.vector(shape));
  }

  private static double place(int pixel, int count, boolean corners) {
    return corners ? count == 1 ? 0 : 2.0 * pixel / (count - 1) - 1 : (2.0 * pixel + 1) / count - 1;
  }
}
