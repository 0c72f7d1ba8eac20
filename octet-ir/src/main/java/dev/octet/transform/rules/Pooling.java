package dev.octet.transform.rules;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import java.util.Arrays;

/// What rules ask about the window of a pool.
final class Pooling {
  private Pooling() {}

  /// Whether no padding is applied; `SAME_*` pads as much as it takes, so it is taken to pad.
  static boolean isUnpadded(Node pool) {
    String autoPad = pool.stringAttribute("auto_pad", "NOTSET");
    boolean zero =
        Arrays.stream(pool.intsAttribute("pads").orElse(new long[0])).allMatch(p -> p == 0);
    return autoPad.equals("VALID") || (autoPad.equals("NOTSET") && zero);
  }

  static boolean isUndilated(Node pool) {
    return Arrays.stream(pool.intsAttribute("dilations").orElse(new long[0])).allMatch(d -> d == 1);
  }

  /// The stride along spatial axis `axis`.
  static long stride(Node pool, int axis) {
    long[] strides = pool.intsAttribute("strides").orElse(new long[0]);
    return axis < strides.length ? strides[axis] : 1;
  }

  /// Whether the size of spatial axis `axis` of `[N, C, spatial…]` is known to be `size`.
  static boolean hasExtent(Shape input, int axis, long size) {
    return axis + 2 < input.rank() && input.dim(axis + 2).equals(Dim.of(size));
  }
}
