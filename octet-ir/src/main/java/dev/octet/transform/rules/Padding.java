package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import java.util.Optional;

/// What a `Pad` node adds, in whichever form its opset says it.
final class Padding {
  private Padding() {}

  /// Elements added before each axis, then after each; empty when they are computed.
  static Optional<long[]> of(Node pad, int rank, RewriteContext context) {
    Optional<long[]> stated = pad.intsAttribute("pads").or(() -> longs(pad, 1, context));
    if (pad.input(3).isEmpty()) {
      return stated.filter(amounts -> amounts.length == 2 * rank);
    }
    Optional<long[]> axes = longs(pad, 3, context);
    if (stated.isEmpty() || axes.isEmpty() || stated.get().length != 2 * axes.get().length) {
      return Optional.empty();
    }
    long[] amounts = new long[2 * rank];
    int count = axes.get().length;
    for (int i = 0; i < count; i++) {
      int axis = Math.toIntExact(axes.get()[i] < 0 ? axes.get()[i] + rank : axes.get()[i]);
      amounts[axis] = stated.get()[i];
      amounts[axis + rank] = stated.get()[i + count];
    }
    return Optional.of(amounts);
  }

  /// The number it pads with; empty when it is computed, or no floating-point number.
  static Optional<Double> value(Node pad, RewriteContext context) {
    if (pad.input(2).isEmpty()) {
      return Optional.of((double) pad.floatAttribute("value", 0));
    }
    return context
        .constantInput(pad, 2)
        .filter(tensor -> FloatTensors.supports(tensor.dataType()) && tensor.elementCount() == 1)
        .map(tensor -> tensor.doubleAt(0));
  }

  private static Optional<long[]> longs(Node node, int input, RewriteContext context) {
    return context
        .constantInput(node, input)
        .filter(tensor -> tensor.dataType() == DataType.INT64)
        .map(DenseTensor::toLongArray);
  }
}
