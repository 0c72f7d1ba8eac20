package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `Squeeze` and `Unsqueeze`, axes as attribute (up to opset 12) or input.
final class SqueezeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Squeeze", "Unsqueeze");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<long[]> axes = context.numbers(1, "axes");
    Optional<Shape> input = context.shape(0);
    if (type.isEmpty() || input.isEmpty() || (axes.isEmpty() && context.has(1))) {
      return context.tensor(type, Optional.empty());
    }
    boolean squeeze = context.node().is("Squeeze");
    Optional<Shape> shape =
        squeeze
            ? squeezed(context, input.get(), axes)
            : Optional.of(unsqueezed(context, input.get(), axes.orElse(new long[0])));
    if (shape.isEmpty()) {
      return ShapeOutcome.of(
          Output.of(type.get(), null).because("which dimensions are 1 is not known"));
    }
    Optional<KnownIntegers> elements = context.integers(0);
    if (elements.isPresent()) {
      return ShapeOutcome.of(type.get(), elements.get().as(shape.get()));
    }
    return ShapeOutcome.of(type.get(), shape.get());
  }

  private static Optional<Shape> squeezed(
      ShapeContext context, Shape input, Optional<long[]> axes) {
    Set<Integer> gone = new HashSet<>();
    if (axes.isPresent()) {
      for (long axis : axes.get()) {
        gone.add(context.axis(axis, input.rank()));
      }
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      Dim dim = input.dim(axis);
      if (axes.isPresent()) {
        if (!gone.contains(axis)) {
          dims.add(dim);
        } else if (dim instanceof Dim.Known(long size) && size != 1) {
          throw new ImpossibleShape("squeezes dimension " + axis + " of " + input);
        }
      } else if (!(dim instanceof Dim.Known(long size))) {
        return Optional.empty();
      } else if (size != 1) {
        dims.add(dim);
      }
    }
    return Optional.of(Shape.of(dims));
  }

  private static Shape unsqueezed(ShapeContext context, Shape input, long[] axes) {
    int rank = input.rank() + axes.length;
    Set<Integer> added = new HashSet<>();
    for (long axis : axes) {
      if (!added.add(context.axis(axis, rank))) {
        throw new ImpossibleShape("axis " + axis + " is added twice");
      }
    }
    List<Dim> dims = new ArrayList<>();
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      dims.add(added.contains(axis) ? Dim.of(1) : input.dim(next++));
    }
    return Shape.of(dims);
  }
}
