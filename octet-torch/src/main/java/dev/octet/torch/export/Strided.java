package dev.octet.torch.export;

import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.List;

/// Places in memory of a view with strides of its own.
final class Strided {
  private Strided() {}

  /// Whether a tensor's elements lie in order, with nothing between them.
  static boolean isRowByRow(TensorMeta meta) {
    long expected = 1;
    for (int axis = meta.rank() - 1; axis >= 0; axis--) {
      if (!meta.strides().get(axis).equals(SymInt.of(expected))
          || !(meta.sizes().get(axis) instanceof SymInt.Known(long size))) {
        return false;
      }
      expected *= size;
    }
    return true;
  }

  /// The place of each element of a view, in order.
  static long[] places(List<Long> sizes, List<Long> strides, long offset) {
    int count = Math.toIntExact(sizes.stream().reduce(1L, Math::multiplyExact));
    long[] places = new long[count];
    for (int i = 0; i < count; i++) {
      long place = offset;
      int rest = i;
      for (int axis = sizes.size() - 1; axis >= 0; axis--) {
        int size = (int) (long) sizes.get(axis);
        place += rest % size * strides.get(axis);
        rest /= size;
      }
      places[i] = place;
    }
    return places;
  }
}
