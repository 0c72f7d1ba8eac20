package dev.octet.torch.export;

import dev.octet.ir.Attribute;
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
    boolean average = call.op().startsWith("avg");
    int dims = call.op().charAt(call.op().indexOf("pool") + 4) - '0';
    if (call.rank("self") == dims + 1) {
      Value batched = onnx.add("Unsqueeze", call.tensor("self"), onnx.vector(0));
      return pool(call, onnx, batched, dims, average, true);
    }
    return pool(call, onnx, call.tensor("self"), dims, average, false);
  }

  private static Translation pool(
      Call call, OnnxNodes onnx, Value input, int dims, boolean average, boolean unbatch) {
    List<Long> padding = call.integers("padding", dims);
    if (average
        && padding.equals(Collections.nCopies(dims, 0L))
        && coversInput(call, dims)
        && !(dims > 1 && call.given("divisor_override"))) {
      return result(onnx, onnx.add("GlobalAveragePool", input), unbatch);
    }
    List<Long> kernel = call.integers("kernel_size", dims);
    List<Long> stride = call.integers("stride", dims);
    if (stride.isEmpty()) {
      stride = kernel;
    }
    List<Long> pads = new ArrayList<>(padding);
    pads.addAll(padding);
    NodeSpec spec =
        NodeSpec.of(average ? "AveragePool" : "MaxPool")
            .inputs(input)
            .attribute("kernel_shape", new Attribute.OfInts(kernel));
    spec = unless(spec, "strides", stride, 1);
    spec = unless(spec, "pads", pads, 0);
    boolean padded = padding.stream().anyMatch(pad -> pad != 0);
    if (call.flag("ceil_mode")) {
      if (average && onnx.opset() < CEIL_MODE_FIXED_OPSET) {
        return Translation.unsupported(
            "average pooling with ceil_mode", "export with opset 19 or newer");
      }
      if (mayDropWindows(kernel, stride, padding)) {
        return Translation.unsupported(
            "pooling with ceil_mode whose last window may lie in the padding");
      }
      spec = spec.attribute("ceil_mode", 1);
    }
    if (average) {
      if (dims > 1 && call.given("divisor_override")) {
        return Translation.unsupported("average pooling with divisor_override");
      }
      spec =
          padded && call.flag("count_include_pad") ? spec.attribute("count_include_pad", 1) : spec;
    } else {
      spec = unless(spec, "dilations", call.integers("dilation", dims), 1);
    }
    return result(onnx, onnx.add(spec), unbatch);
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

  private static Translation result(OnnxNodes onnx, Value pooled, boolean unbatch) {
    return Translation.of(unbatch ? onnx.add("Squeeze", pooled, onnx.vector(0)) : pooled);
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
