package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Pools over the whole spatial extent: every spatial axis becomes 1.
final class GlobalPoolRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "GlobalAveragePool",
        "GlobalLpPool",
        "GlobalMaxPool",
        "com.microsoft:QLinearGlobalAveragePool");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    boolean channelsLast = context.node().intAttribute("channels_last", 0) != 0;
    return context.likeInput(
        input -> {
          List<Dim> dims = new ArrayList<>(input.dims());
          int first = channelsLast ? 1 : 2;
          for (int i = 0; i < input.rank() - 2; i++) {
            dims.set(first + i, Dim.of(1));
          }
          return Shape.of(dims);
        });
  }
}
