package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Gradients of pooling over images: an average shares its gradient among its window, a maximum
/// gives it to the place it came from.
final class PoolGradientTranslator implements AtenTranslator {
  private static final int DIMS = 2;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.avg_pool2d_backward",
        "aten._adaptive_avg_pool2d_backward",
        "aten.max_pool2d_with_indices_backward");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "avg_pool2d_backward" -> Translation.of(byWindows(call, onnx));
      case "_adaptive_avg_pool2d_backward" -> Translation.of(byTargetSize(call, onnx));
      default -> Translation.of(byPlaces(call, onnx));
    };
  }

  // Images and channels alike are a batch of images of one channel.
  private static Value byWindows(Call call, OnnxNodes onnx) {
    List<Long> kernel = call.integers("kernel_size", DIMS);
    List<Long> stride = call.integers("stride", DIMS);
    Windows windows =
        new Windows(
            kernel,
            stride.isEmpty() ? kernel : stride,
            call.integers("padding", DIMS),
            Collections.nCopies(DIMS, 1L));
    List<Size> counts = spatial(call, onnx, "grad_output");
    List<Size> sizes = spatial(call, onnx, "self");
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Value ones = onnx.filled("ones", type, 1, List.of(1L, 1L, kernel.get(0), kernel.get(1)));
    List<Size> single = new ArrayList<>(List.of(Size.of(-1), Size.of(1)));
    single.addAll(counts);
    Value gradients = onnx.add("Reshape", call.tensor("grad_output"), onnx.sizes(single));
    Value shares =
        onnx.add("Div", gradients, divisors(call, onnx, windows, ones, counts, sizes, type));
    Value images = windows.putBack(onnx, shares, ones, 1, counts, sizes);
    return onnx.add("Reshape", images, onnx.sizes(ReshapeTranslator.own(call, onnx, "self")));
  }

  /// What each average was divided by: one number, or a map of one for every window.
  private static Value divisors(
      Call call,
      OnnxNodes onnx,
      Windows windows,
      Value ones,
      List<Size> counts,
      List<Size> sizes,
      DataType type) {
    if (call.given("divisor_override")) {
      return onnx.scalar(type, call.integer("divisor_override"));
    }
    boolean padded = windows.padding().stream().anyMatch(pad -> pad != 0);
    boolean counted = call.flag("count_include_pad") || !padded;
    boolean cut = call.flag("ceil_mode");
    if (counted && !cut) {
      return onnx.scalar(type, windows.kernel().stream().reduce(1L, Math::multiplyExact));
    }
    if (counts.stream().allMatch(Size.Fixed.class::isInstance)
        && sizes.stream().allMatch(Size.Fixed.class::isInstance)) {
      double[] high = lengths(windows, 0, counts, sizes, counted);
      double[] wide = lengths(windows, 1, counts, sizes, counted);
      double[] map = new double[high.length * wide.length];
      for (int i = 0; i < map.length; i++) {
        map[i] = high[i / wide.length] * wide[i % wide.length];
      }
      return Arrays.stream(map).distinct().count() == 1
          ? onnx.scalar(type, map[0])
          : onnx.numbers("divisors", type, map, high.length, wide.length);
    }
    if (cut) {
      throw new UnsupportedArgument("the gradient of pooling with ceil_mode over a varying size");
    }
    List<Size> image = new ArrayList<>(List.of(Size.of(1), Size.of(1)));
    image.addAll(sizes);
    return windows.take(onnx, onnx.add("Expand", onnx.scalar(type, 1), onnx.sizes(image)), ones, 1);
  }

  // A window never reaches beyond the padding, and counts the padding or does not.
  private static double[] lengths(
      Windows windows, int axis, List<Size> counts, List<Size> sizes, boolean counted) {
    long pad = windows.padding().get(axis);
    long size = known(sizes.get(axis));
    double[] lengths = new double[(int) known(counts.get(axis))];
    for (int i = 0; i < lengths.length; i++) {
      long start = i * windows.stride().get(axis) - pad;
      long end = Math.min(start + windows.kernel().get(axis), size + pad);
      lengths[i] = counted ? end - start : Math.min(end, size) - Math.max(start, 0);
    }
    return lengths;
  }

  // Each axis of windows, times the matrix that averaged it.
  private static Value byTargetSize(Call call, OnnxNodes onnx) {
    List<Size> counts = spatial(call, onnx, "grad_output");
    List<Size> sizes = spatial(call, onnx, "self");
    DataType type = OnnxNodes.onnx(call.result().dtype());
    Value gradients = call.tensor("grad_output");
    if (counts.stream().allMatch(count -> count.equals(Size.of(1)))) {
      Value area =
          onnx.add(NodeSpec.of("ReduceProd").inputs(onnx.sizes(sizes)).attribute("keepdims", 0));
      Value divisor =
          sizes.stream().allMatch(Size.Fixed.class::isInstance)
              ? onnx.scalar(type, (double) known(sizes.get(0)) * known(sizes.get(1)))
              : onnx.castTo(area, type);
      return onnx.add(
          "Expand",
          onnx.add("Div", gradients, divisor),
          onnx.sizes(ReshapeTranslator.own(call, onnx, "self")));
    }
    Value high = averaging(onnx, type, counts.get(0), sizes.get(0), true);
    Value wide = averaging(onnx, type, counts.get(1), sizes.get(1), false);
    return onnx.add("MatMul", onnx.add("MatMul", high, gradients), wide);
  }

  private static Value averaging(
      OnnxNodes onnx, DataType type, Size counts, Size size, boolean turned) {
    int to = (int) known(counts);
    int from = (int) known(size);
    double[] matrix = new double[from * to];
    for (int window = 0; window < to; window++) {
      int start = AdaptivePoolTranslator.start(window, from, to);
      int end = AdaptivePoolTranslator.end(window, from, to);
      for (int k = start; k < end; k++) {
        matrix[turned ? k * to + window : window * from + k] = 1.0 / (end - start);
      }
    }
    return turned
        ? onnx.numbers("average", type, matrix, from, to)
        : onnx.numbers("average", type, matrix, to, from);
  }

  // Places count within a plane; windows that overlap may have the same maximum.
  private static Value byPlaces(Call call, OnnxNodes onnx) {
    TorchDtype own = call.result().dtype();
    TorchDtype summed = Promotion.accumulated(own);
    List<Size> sizes = ReshapeTranslator.own(call, onnx, "self");
    List<Long> flat = new ArrayList<>(Collections.nCopies(sizes.size() - DIMS, 0L));
    flat.add(-1L);
    Value shape = onnx.sizes(sizes);
    Value planes = onnx.vector(flat);
    Value zeros = onnx.add("Expand", onnx.scalar(OnnxNodes.onnx(summed), 0), shape);
    Value sums =
        onnx.add(
            NodeSpec.of("ScatterElements")
                .inputs(
                    onnx.add("Reshape", zeros, planes),
                    onnx.add("Reshape", call.tensor("indices"), planes),
                    onnx.add("Reshape", call.operand("grad_output", summed), planes))
                .attribute("axis", -1)
                .attribute("reduction", Attribute.of("add")));
    return onnx.cast(onnx.add("Reshape", sums, shape), summed, own);
  }

  private static List<Size> spatial(Call call, OnnxNodes onnx, String name) {
    List<Size> sizes = ReshapeTranslator.own(call, onnx, name);
    return sizes.subList(sizes.size() - DIMS, sizes.size());
  }

  private static long known(Size size) {
    return switch (size) {
      case Size.Fixed(long value) -> value;
      case Size.Computed _ ->
          throw new UnsupportedArgument(
              "the gradient of adaptive pooling from or to a varying size, other than to 1");
    };
  }
}
