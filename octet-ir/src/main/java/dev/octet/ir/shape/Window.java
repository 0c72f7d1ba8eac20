package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import java.util.Arrays;

/// A sliding window over the spatial axes of a convolution or pool: kernel, strides, dilations,
/// padding.
///
/// @param kernel extent for each spatial axis
/// @param strides step for each spatial axis
/// @param dilations distance of taps for each spatial axis
/// @param pads padding at the begin of each axis, then at the end of each
/// @param autoPad `NOTSET`, `VALID`, `SAME_UPPER` or `SAME_LOWER`
/// @param ceil whether a last, partial window counts
record Window(
    long[] kernel, long[] strides, long[] dilations, long[] pads, String autoPad, boolean ceil) {

  /// The window a node's attributes describe.
  ///
  /// @throws ImpossibleShape when an attribute has the wrong length or a stride is not positive
  static Window of(Node node, long[] kernel) {
    int axes = kernel.length;
    Window window =
        new Window(
            kernel,
            attribute(node, "strides", axes, 1),
            attribute(node, "dilations", axes, 1),
            attribute(node, "pads", 2 * axes, 0),
            node.stringAttribute("auto_pad", "NOTSET"),
            node.intAttribute("ceil_mode", 0) != 0);
    if (Arrays.stream(window.strides).anyMatch(stride -> stride <= 0)) {
      throw new ImpossibleShape("strides must be positive, are " + Arrays.toString(window.strides));
    }
    return window;
  }

  /// Number of window positions along spatial axis `axis` of an input of size `size`: the formula
  // of
  /// the ONNX operator documents for Conv and the pools.
  Dim positions(int axis, Dim size) {
    long stride = strides[axis];
    long extent = dilations[axis] * (kernel[axis] - 1) + 1;
    if (autoPad.startsWith("SAME")) {
      return DimArithmetic.map(size, input -> input.ceilDiv(stride));
    }
    long padding = autoPad.equals("VALID") ? 0 : pads[axis] + pads[axis + kernel.length];
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
      boolean outside = (positions - 1) * stride >= known + pads[axis];
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
