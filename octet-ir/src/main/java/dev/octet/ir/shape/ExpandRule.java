package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// `Expand` (broadcast to a shape), `Tile` (repeat) and `ConstantOfShape` (fill a shape).
final class ExpandRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("ConstantOfShape", "Expand", "Tile");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    return switch (context.node().opType()) {
      case "ConstantOfShape" -> fill(context);
      case "Expand" -> expand(context);
      default -> tile(context);
    };
  }

  private static ShapeOutcome fill(ShapeContext context) {
    DataType type =
        context
            .node()
            .tensorAttribute("value")
            .map(dev.octet.ir.Tensor::dataType)
            .orElse(DataType.FLOAT);
    Optional<KnownIntegers> sizes = context.integers(0);
    if (sizes.isEmpty()) {
      return ShapeOutcome.of(type, ofRankIn(context, 0).orElse(null));
    }
    Shape shape = Shape.of(sizes.get().dims());
    Optional<DimExpression> value =
        context
            .node()
            .tensorAttribute("value")
            .flatMap(KnownIntegers::of)
            .flatMap(one -> one.element(0));
    if (value.isPresent()
        && shape.rank() == 1
        && shape.dim(0) instanceof Dim.Known(long count)
        && count <= KnownIntegers.MAX_ELEMENTS) {
      return ShapeOutcome.of(
          type, KnownIntegers.vector(Collections.nCopies((int) count, value.get())));
    }
    return ShapeOutcome.of(type, shape);
  }

  private static ShapeOutcome expand(ShapeContext context) {
    Optional<KnownIntegers> target = context.integers(1);
    Optional<Shape> input = context.shape(0);
    Optional<Shape> sizes =
        target.map(known -> Shape.of(known.dims())).or(() -> ofRankIn(context, 1));
    if (sizes.isEmpty() || input.isEmpty()) {
      return context.likeInput(Optional.empty());
    }
    Shape shape = context.broadcast(input.get(), sizes.get());
    return context.likeInput(
        shape, context.integers(0).filter(_ -> shape.isStatic()).flatMap(e -> e.expand(shape)));
  }

  private static ShapeOutcome tile(ShapeContext context) {
    Optional<KnownIntegers> repeats = context.integers(1);
    Optional<Shape> input = context.shape(0);
    if (input.isEmpty()) {
      return context.likeInput(input);
    }
    if (repeats.isPresent() && repeats.get().size() != input.get().rank()) {
      throw new ImpossibleShape(repeats.get().size() + " repeats for " + input.get());
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < input.get().rank(); axis++) {
      Dim times = repeats.isPresent() ? repeats.get().dims().get(axis) : Dim.unknown();
      dims.add(DimArithmetic.times(input.get().dim(axis), times));
    }
    Shape shape = Shape.of(dims);
    return context.likeInput(
        shape, context.integers(0).filter(_ -> shape.isStatic()).flatMap(e -> tiled(e, shape)));
  }

  private static Optional<KnownIntegers> tiled(KnownIntegers elements, Shape shape) {
    long[] sizes = elements.shape().sizes();
    return elements.pick(
        shape,
        index -> {
          int[] own = new int[index.length];
          for (int axis = 0; axis < index.length; axis++) {
            own[axis] = (int) (index[axis] % sizes[axis]);
          }
          return elements.position(own);
        });
  }

  /// A shape of unknown sizes, of the rank that a shape-valued input's own length tells.
  static Optional<Shape> ofRankIn(ShapeContext context, int input) {
    return context
        .shape(input)
        .filter(shape -> shape.rank() == 1 && shape.isStatic())
        .map(shape -> Shape.of(Collections.nCopies((int) shape.sizes()[0], Dim.unknown())));
  }
}
