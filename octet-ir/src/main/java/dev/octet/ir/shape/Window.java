package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import java.util.Arrays;

/// A sliding window over the spatial axes of a convolution or pool: kernel, strides, dilations,
/// padding; one number for each spatial axis. Padding has the begins of all axes, then the ends.
final class Window {
  private final long[] kernel;
  private final long[] strides;
  private final long[] dilations;
  private final long[] pads;
  private final String autoPad;
  private final boolean ceil;

  private Window(Node node, long[] kernel) {
    int axes = kernel.length;
    this.kernel = kernel;
    this.strides = attribute(node, "strides", axes, 1);
    this.dilations = attribute(node, "dilations", axes, 1);
    this.pads = attribute(node, "pads", 2 * axes, 0);
    this.autoPad = node.stringAttribute("auto_pad", "NOTSET");
    this.ceil = node.intAttribute("ceil_mode", 0) != 0;
  }

  /// The window a node's attributes describe.
  ///
  /// @throws ImpossibleShape when an attribute has the wrong length or a stride is not positive
  static Window of(Node node, long[] kernel) {
    Window window = new Window(node, kernel);
    if (Arrays.stream(window.strides).anyMatch(stride -> stride <= 0)) {
      throw new ImpossibleShape("strides must be positive, are " + Arrays.toString(window.strides));
    }
    return window;
  }

  int axes() {
    return kernel.length;
  }

  long stride(int axis) {
    return strides[axis];
  }

  /// Distance from the first to the last tap of the kernel, plus one.
  long extent(int axis) {
    return dilations[axis] * (kernel[axis] - 1) + 1;
  }

  /// Padding at both ends of an axis; none when the padding is to be found out (`auto_pad`).
  long padding(int axis) {
    return autoPad.equals("NOTSET") ? pads[axis] + pads[axis + kernel.length] : 0;
  }

  /// Whether the padding is such that only the stride makes the output smaller.
  boolean keepsSize() {
    return autoPad.startsWith("SAME");
  }

  /// Number of window positions along spatial axis `axis` of an input of size `size`: the formula
  /// of the ONNX operator documents for Conv and the pools.
  Dim positions(int axis, Dim size) {
    long stride = strides[axis];
    long extent = extent(axis);
    if (keepsSize()) {
      return DimArithmetic.map(size, input -> input.ceilDiv(stride));
    }
    long padding = padding(axis);
    if (size instanceof Dim.Known(long known) && known + padding < extent && !ceil) {
      throw new ImpossibleShape(
          "a window of " + extent + " does not fit into " + known + "+" + padding + " elements");
    }
    if (!ceil) {
      return DimArithmetic.map(
          size, input -> input.plus(padding - extent).floorDiv(stride).plus(1));
    }
    if (size instanceof Dim.Known(long known)) {
      long positions = Math.ceilDiv(known + padding - extent, stride) + 1;
      // A window that would start in the padding at the end is not counted.
      boolean outside =
          (positions - 1) * stride >= known + (autoPad.equals("NOTSET") ? pads[axis] : 0);
      return Dim.of(Math.max(0, outside ? positions - 1 : positions));
    }
    return DimArithmetic.map(size, input -> input.plus(padding - extent).ceilDiv(stride).plus(1));
  }

  static long[] attribute(Node node, String name, int length, long fallback) {
    long[] values = node.intsAttribute(name).orElse(null);
    if (values == null || values.length == 0) {
      long[] fallbacks = new long[length];
      Arrays.fill(fallbacks, fallback);
      return fallbacks;
    }
    if (values.length != length) {
      throw new ImpossibleShape(
          name + " has " + values.length + " numbers where " + length + " are needed");
    }
    return values;
  }
}
