package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Transposed convolution over `[N, C, spatial…]` with weights `[C, M/group, kernel…]`.
final class ConvTransposeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("ConvTranspose");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    Optional<Shape> data = context.shape(0);
    Optional<Shape> weights = context.shape(1);
    if (data.isEmpty() || weights.isEmpty()) {
      return context.likeInput(Optional.empty());
    }
    int axes = data.get().rank() - 2;
    if (axes < 1 || weights.get().rank() != axes + 2) {
      throw new ImpossibleShape("input " + data.get() + " with weights " + weights.get());
    }
    Optional<long[]> kernel =
        node.intsAttribute("kernel_shape")
            .or(
                () ->
                    Optional.of(Shape.of(weights.get().dims().subList(2, axes + 2)))
                        .filter(Shape::isStatic)
                        .map(Shape::sizes));
    Optional<long[]> outputShape = node.intsAttribute("output_shape");
    List<Dim> dims = new ArrayList<>();
    dims.add(data.get().dim(0));
    long group = node.intAttribute("group", 1);
    dims.add(DimArithmetic.map(weights.get().dim(1), perGroup -> perGroup.times(group)));
    for (int axis = 0; axis < axes; axis++) {
      if (outputShape.isPresent()) {
        long[] sizes = outputShape.get();
        dims.add(Dim.of(sizes[sizes.length - axes + axis]));
      } else {
        Dim input = data.get().dim(axis + 2);
        dims.add(kernel.isEmpty() ? Dim.unknown() : size(node, kernel.get(), axis, input));
      }
    }
    return context.likeInput(Optional.of(Shape.of(dims)));
  }

  /// `stride * (size - 1) + output_padding + ((kernel - 1) * dilation + 1) - pads`.
  private static Dim size(Node node, long[] kernel, int axis, Dim input) {
    Window window = Window.of(node, kernel);
    long stride = window.stride(axis);
    if (window.keepsSize()) {
      return DimArithmetic.map(input, size -> size.times(stride));
    }
    long extra = Window.attribute(node, "output_padding", kernel.length, 0)[axis];
    long added = extra + window.extent(axis) - window.padding(axis);
    return DimArithmetic.map(input, size -> size.plus(-1).times(stride).plus(added));
  }
}
