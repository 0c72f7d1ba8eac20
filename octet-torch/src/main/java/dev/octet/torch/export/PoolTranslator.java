package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Pooling with a given window → `MaxPool`, `AveragePool`; an average over all of the input →
/// `GlobalAveragePool`.
final class PoolTranslator implements AtenTranslator {
  private static final int CEIL_MODE_FIXED_OPSET = 19;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.max_pool1d",
        "aten.max_pool2d",
        "aten.max_pool3d",
        "aten.max_pool1d_with_indices",
        "aten.max_pool2d_with_indices",
        "aten.max_pool3d_with_indices",
        "aten.avg_pool1d",
        "aten.avg_pool2d",
        "aten.avg_pool3d");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int dims = call.op().charAt(call.op().indexOf("pool") + 4) - '0';
    boolean batched = call.rank("self") == dims + 2;
    Value self = call.tensor("self");
    Value input = batched ? self : onnx.add("Unsqueeze", self, onnx.vector(0));
    List<Value> pooled =
        call.op().startsWith("avg")
            ? List.of(averaged(call, onnx, input, dims))
            : greatest(call, onnx, input, dims);
    return Translation.of(
        batched
            ? pooled
            : pooled.stream().map(each -> onnx.add("Squeeze", each, onnx.vector(0))).toList());
  }

  private static Value averaged(Call call, OnnxNodes onnx, Value input, int dims) {
    List<Long> padding = call.integers("padding", dims);
    boolean padded = padding.stream().anyMatch(pad -> pad != 0);
    boolean divided = dims > 1 && call.given("divisor_override");
    if (!padded && !divided && coversInput(call, dims)) {
      return onnx.add("GlobalAveragePool", input);
    }
    if (divided) {
      if (call.flag("ceil_mode")) {
        throw new UnsupportedArgument("average pooling with ceil_mode and divisor_override");
      }
      DataType type = OnnxNodes.onnx(call.result().dtype());
      List<Long> kernel = call.integers("kernel_size", dims);
      long window = kernel.stream().reduce(1L, Math::multiplyExact);
      NodeSpec whole = windows(call, "AveragePool", dims, padding, padding).inputs(input);
      return onnx.add(
          "Mul",
          onnx.add(whole.attribute("count_include_pad", 1)),
          onnx.scalar(type, (double) window / call.integer("divisor_override")));
    }
    boolean counted = padded && call.flag("count_include_pad");
    if (call.flag("ceil_mode") && counted) {
      // PyTorch counts the padding, but not what rounding up adds to it.
      List<Long> pads = new ArrayList<>(List.of(0L, 0L));
      pads.addAll(padding);
      pads.addAll(List.of(0L, 0L));
      pads.addAll(padding);
      Value wider = onnx.add("Pad", input, onnx.vector(pads));
      List<Long> none = Collections.nCopies(dims, 0L);
      return onnx.add(rounded(call, onnx, "AveragePool", dims, none, 2).inputs(wider));
    }
    NodeSpec spec =
        call.flag("ceil_mode")
            ? rounded(call, onnx, "AveragePool", dims, padding, 0)
            : windows(call, "AveragePool", dims, padding, padding);
    return onnx.add((counted ? spec.attribute("count_include_pad", 1) : spec).inputs(input));
  }

  /// The maxima and, where they are read, their places.
  private static List<Value> greatest(Call call, OnnxNodes onnx, Value input, int dims) {
    List<Long> padding = call.integers("padding", dims);
    NodeSpec spec =
        (call.flag("ceil_mode")
                ? rounded(call, onnx, "MaxPool", dims, padding, 0)
                : windows(call, "MaxPool", dims, padding, padding))
            .inputs(input);
    if (!call.isRead(1)) {
      return List.of(onnx.add(spec));
    }
    List<Value> both = onnx.add(spec, 2);
    // ONNX counts places through the whole tensor, PyTorch anew for every channel.
    Value sizes = onnx.add(NodeSpec.of("Shape").inputs(input).attribute("start", 2));
    Value plane = onnx.add(NodeSpec.of("ReduceProd").inputs(sizes).attribute("keepdims", 0));
    return List.of(both.get(0), onnx.add("Mod", both.get(1), plane));
  }

  /// The windows as PyTorch counts them when it rounds their number up: a last window that would
  /// start in the right padding is dropped. Where the input's size is known the right padding says
  /// just that; where it is not, `ceil_mode` says it as long as no window can be dropped.
  ///
  /// @param widened how often `padding` is already in the input
  private static NodeSpec rounded(
      Call call, OnnxNodes onnx, String op, int dims, List<Long> padding, int widened) {
    List<SymInt> sizes = call.meta("self").sizes();
    List<SymInt> spatial = sizes.subList(sizes.size() - dims, sizes.size());
    List<SymInt> results = call.result().sizes();
    List<SymInt> counts = results.subList(results.size() - dims, results.size());
    List<Long> kernel = call.integers("kernel_size", dims);
    List<Long> stride = strides(call, kernel, dims);
    List<Long> own = call.integers("padding", dims);
    List<Long> after = new ArrayList<>();
    for (int axis = 0; axis < dims; axis++) {
      if (!(spatial.get(axis) instanceof SymInt.Known(long size))
          || !(counts.get(axis) instanceof SymInt.Known(long count))) {
        if (op.equals("AveragePool") && onnx.opset() < CEIL_MODE_FIXED_OPSET) {
          throw new UnsupportedArgument(
              "average pooling with ceil_mode over a varying size: export with --opset 19 or"
                  + " later");
        }
        if (mayDropWindows(kernel, stride, own)) {
          throw new UnsupportedArgument(
              "pooling with ceil_mode over a varying size, whose last window may lie in the"
                  + " padding");
        }
        return windows(call, op, dims, padding, padding).attribute("ceil_mode", 1);
      }
      long dilation = op.equals("MaxPool") ? call.integers("dilation", dims).get(axis) : 1;
      long reach = dilation * (kernel.get(axis) - 1) + 1;
      long needed = (count - 1) * stride.get(axis) + reach;
      long there = size + widened * own.get(axis) + padding.get(axis);
      after.add(Math.max(0, needed - there));
    }
    return windows(call, op, dims, padding, after);
  }

  private static List<Long> strides(Call call, List<Long> kernel, int dims) {
    List<Long> stride = call.integers("stride", dims);
    return stride.isEmpty() ? kernel : stride;
  }

  // Rounding up can add a window that starts in the right padding; PyTorch drops it, ONNX before
  // opset 22 does not. It cannot happen while padding and stride together are no longer than the
  // window.
  private static boolean mayDropWindows(List<Long> kernel, List<Long> stride, List<Long> padding) {
    for (int axis = 0; axis < kernel.size(); axis++) {
      if (padding.get(axis) + stride.get(axis) > kernel.get(axis)) {
        return true;
      }
    }
    return false;
  }

  /// Windows over an input with this padding on the left and that on the right.
  private static NodeSpec windows(
      Call call, String op, int dims, List<Long> before, List<Long> after) {
    List<Long> kernel = call.integers("kernel_size", dims);
    List<Long> pads = new ArrayList<>(before);
    pads.addAll(after);
    NodeSpec spec = NodeSpec.of(op).attribute("kernel_shape", new Attribute.OfInts(kernel));
    spec = unless(spec, "strides", strides(call, kernel, dims), 1);
    spec = unless(spec, "pads", pads, 0);
    return op.equals("MaxPool")
        ? unless(spec, "dilations", call.integers("dilation", dims), 1)
        : spec;
  }

  // A window as wide as the input, be that a number or the very size of that axis.
  private static boolean coversInput(Call call, int dims) {
    List<SymInt> sizes = call.meta("self").sizes();
    List<SymInt> spatial = sizes.subList(sizes.size() - dims, sizes.size());
    List<Size> kernel = call.sizes("kernel_size");
    for (int axis = 0; axis < dims; axis++) {
      Size window = kernel.get(kernel.size() == 1 ? 0 : axis);
      boolean covers =
          switch (spatial.get(axis)) {
            case SymInt.Known(long size) -> window instanceof Size.Fixed(long k) && k == size;
            case SymInt.Expression size ->
                window instanceof Size.Computed computed
                    && computed.expression().equals(size.text());
          };
      if (!covers) {
        return false;
      }
    }
    return true;
  }

  private static NodeSpec unless(NodeSpec spec, String name, List<Long> values, long usual) {
    return values.equals(Collections.nCopies(values.size(), usual))
        ? spec
        : spec.attribute(name, new Attribute.OfInts(values));
  }
}
