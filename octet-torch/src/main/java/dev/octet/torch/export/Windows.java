package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Windows over the last axes of a tensor, as convolutions and pools lay them.
///
/// @param padding before and after each axis
record Windows(List<Long> kernel, List<Long> stride, List<Long> padding, List<Long> dilation) {

  /// What every window holds, put back to where the window lies, by weights, and added up there →
  /// `ConvTranspose`.
  ///
  /// @param values of every window, `[N, C, windows…]`
  /// @param counts of windows along each axis
  /// @param sizes of the axes that the windows lie on
  Value putBack(
      OnnxNodes onnx,
      Value values,
      Value weights,
      long groups,
      List<Size> counts,
      List<Size> sizes) {
    List<Long> pads = new ArrayList<>(padding);
    List<Long> uncovered = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    for (int axis = 0; axis < kernel.size(); axis++) {
      long step = stride.get(axis);
      if (counts.get(axis) instanceof Size.Fixed(long count)
          && sizes.get(axis) instanceof Size.Fixed(long size)) {
        long beyond = (count - 1) * step + reach(axis) - padding.get(axis) - size;
        pads.add(Math.max(0, beyond));
        uncovered.add(Math.max(0, -beyond));
      } else {
        // Less than a stride may lie behind the last window; what is too much is cut off.
        pads.add(padding.get(axis));
        uncovered.add(step - 1);
        if (step > 1) {
          open.add(axis);
        }
      }
    }
    NodeSpec spec = over("ConvTranspose", pads).inputs(values, weights);
    spec = groups == 1 ? spec : spec.attribute("group", groups);
    return cut(onnx, onnx.add(unless(spec, "output_padding", uncovered, 0)), open, sizes);
  }

  /// What every window holds, by weights → `Conv`.
  Value take(OnnxNodes onnx, Value input, Value weights, long groups) {
    List<Long> pads = new ArrayList<>(padding);
    pads.addAll(padding);
    NodeSpec spec = over("Conv", pads).inputs(input, weights);
    return onnx.add(groups == 1 ? spec : spec.attribute("group", groups));
  }

  /// The tensor with the first so many numbers along these of its last axes.
  static Value cut(OnnxNodes onnx, Value whole, List<Integer> axes, List<Size> sizes) {
    if (axes.isEmpty()) {
      return whole;
    }
    return onnx.add(
        "Slice",
        whole,
        onnx.vector(Collections.nCopies(axes.size(), 0L)),
        onnx.sizes(axes.stream().map(sizes::get).toList()),
        onnx.vector(axes.stream().map(axis -> axis + 2L).toList()));
  }

  /// How a kernel's gradient is found: the signal, sampled where each of the kernel's places met
  /// it, times what came of it → `Conv` with stride and dilation exchanged.
  ///
  /// @param signal `[C, N, sizes…]` for each group
  /// @param answers `[K, N, windows…]`
  /// @return `[C, K, kernel…]`
  Value correlate(
      OnnxNodes onnx,
      Value signal,
      Value answers,
      long groups,
      List<Size> counts,
      List<Size> sizes) {
    List<Long> pads = new ArrayList<>(padding);
    pads.addAll(padding);
    List<Integer> open = new ArrayList<>();
    for (int axis = 0; axis < kernel.size(); axis++) {
      if (stride.get(axis) > 1 && !fits(axis, counts.get(axis), sizes.get(axis))) {
        open.add(axis);
      }
    }
    NodeSpec spec = NodeSpec.of("Conv").inputs(signal, answers);
    spec = unless(spec, "strides", dilation, 1);
    spec = unless(spec, "pads", pads, 0);
    spec = unless(spec, "dilations", stride, 1);
    spec = groups == 1 ? spec : spec.attribute("group", groups);
    return cut(onnx, onnx.add(spec), open, kernel.stream().map(Size::of).toList());
  }

  // Whether no place of the kernel would fit in behind the last one: strides leave a rest.
  private boolean fits(int axis, Size windows, Size axisSize) {
    return windows instanceof Size.Fixed(long count)
        && axisSize instanceof Size.Fixed(long size)
        && size + 2 * padding.get(axis) - reach(axis) - (count - 1) * stride.get(axis)
            < dilation.get(axis);
  }

  private long reach(int axis) {
    return dilation.get(axis) * (kernel.get(axis) - 1) + 1;
  }

  /// A node of an operator that moves windows.
  ///
  /// @param pads before every axis, then after every axis
  NodeSpec over(String op, List<Long> pads) {
    NodeSpec spec = NodeSpec.of(op).attribute("kernel_shape", new Attribute.OfInts(kernel));
    spec = unless(spec, "strides", stride, 1);
    spec = unless(spec, "pads", pads, 0);
    return unless(spec, "dilations", dilation, 1);
  }

  private static NodeSpec unless(NodeSpec spec, String name, List<Long> values, long usual) {
    return values.equals(Collections.nCopies(values.size(), usual))
        ? spec
        : spec.attribute(name, new Attribute.OfInts(values));
  }
}
