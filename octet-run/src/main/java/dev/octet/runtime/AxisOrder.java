package dev.octet.runtime;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Recognizes tensors whose axes are those an input asks for, in another order.
public final class AxisOrder {
  private static final int[][] ORDERS = {
    {0, 3, 1, 2}, {0, 2, 3, 1}, {0, 2, 1}, {0, 4, 1, 2, 3}, {0, 2, 3, 4, 1}, {1, 0}, {2, 0, 1}
  };

  private AxisOrder() {}

  /// What to do about a tensor that does not fit.
  ///
  /// @param shape what is asked for
  /// @param dims what was given
  /// @return such as `transpose it by (0, 3, 1, 2): its channels are last, the model takes them
  ///     first`; empty when no usual order fits
  public static Optional<String> advice(Shape shape, List<Long> dims) {
    for (int[] order : ORDERS) {
      if (order.length == dims.size() && shape.rank() == order.length && fits(shape, dims, order)) {
        String axes = Arrays.toString(order).replace('[', '(').replace(']', ')');
        String why =
            switch (order.length) {
              case 4, 5 ->
                  order[1] == order.length - 1
                      ? ": its channels are last, the model takes them first"
                      : ": its channels are first, the model takes them last";
              default -> "";
            };
        return Optional.of("transpose it by " + axes + why);
      }
    }
    return Optional.empty();
  }

  /// At least one axis must tell the order: with sizes unknown everything fits.
  private static boolean fits(Shape shape, List<Long> dims, int[] order) {
    boolean told = false;
    for (int axis = 0; axis < order.length; axis++) {
      if (shape.dim(axis) instanceof Dim.Known(long size)) {
        if (size != dims.get(order[axis])) {
          return false;
        }
        told |= axis != order[axis];
      }
    }
    return told;
  }
}
