package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Pools with a kernel, over `[N, C, spatial…]`; with `channels_last` over `[N, spatial…, C]`.
final class PoolRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "AveragePool",
        "LpPool",
        "MaxPool",
        "com.microsoft:QLinearAveragePool",
        "com.microsoft:NhwcMaxPool");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    Optional<Shape> data = context.shape(0);
    Optional<DataType> type = context.dataType(0);
    if (type.isEmpty()) {
      return ShapeOutcome.unknown("the element type of its input is not known");
    }
    @Nullable Shape shape = data.map(input -> pooled(node, input)).orElse(null);
    Output pooled = Output.of(type.get(), shape);
    // MaxPool's second output holds the positions of the maxima.
    return ShapeOutcome.of(pooled, Output.of(DataType.INT64, shape));
  }

  private static Shape pooled(Node node, Shape input) {
    long[] kernel =
        node.intsAttribute("kernel_shape")
            .orElseThrow(() -> new ImpossibleShape("kernel_shape is missing"));
    if (kernel.length != input.rank() - 2) {
      throw new ImpossibleShape(
          "a kernel of " + kernel.length + " axes over an input of rank " + input.rank());
    }
    boolean channelsLast =
        node.intAttribute("channels_last", 0) != 0 || node.opType().equals("NhwcMaxPool");
    int first = channelsLast ? 1 : 2;
    Window window = Window.of(node, kernel);
    List<Dim> dims = new ArrayList<>(input.dims());
    for (int axis = 0; axis < kernel.length; axis++) {
      dims.set(first + axis, window.positions(axis, input.dim(first + axis)));
    }
    return Shape.of(dims);
  }
}
