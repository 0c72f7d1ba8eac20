package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
          type,
          new KnownIntegers(
              Collections.<@Nullable DimExpression>nCopies((int) count, value.get()), false));
    }
    return ShapeOutcome.of(type, shape);
  }

  private static ShapeOutcome expand(ShapeContext context) {
    Optional<KnownIntegers> target = context.integers(1);
    Optional<Shape> input = context.shape(0);
    if (target.isEmpty() || input.isEmpty()) {
      Optional<Shape> ranked =
          ofRankIn(context, 1).filter(s -> input.isPresent() && s.rank() >= input.get().rank());
      return context.likeInput(ranked);
    }
    return context.likeInput(
        Optional.of(DimArithmetic.broadcast(input.get(), Shape.of(target.get().dims()))));
  }

  private static ShapeOutcome tile(ShapeContext context) {
    Optional<KnownIntegers> repeats = context.integers(1);
    return context.likeInput(
        input -> {
          if (repeats.isPresent() && repeats.get().size() != input.rank()) {
            throw new ImpossibleShape(repeats.get().size() + " repeats for " + input);
          }
          List<Dim> dims = new ArrayList<>();
          for (int axis = 0; axis < input.rank(); axis++) {
            Dim times = repeats.isPresent() ? repeats.get().dims().get(axis) : Dim.unknown();
            dims.add(DimArithmetic.times(input.dim(axis), times));
          }
          return Shape.of(dims);
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
