package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `Reshape`: 0 keeps a dimension (unless `allowzero`), -1 takes what is left.
final class ReshapeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Reshape");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Optional<KnownIntegers> target =
        context.has(1)
            ? context.integers(1)
            : context.node().intsAttribute("shape").map(KnownIntegers::vector);
    if (target.isEmpty()) {
      return withUnknownTarget(context, type.get());
    }
    Shape shape = reshaped(context, target.get());
    Output output = Output.of(type.get(), shape);
    Optional<KnownIntegers> elements = context.integers(0);
    if (elements.isPresent() && shape.isStatic()) {
      output = new Output(output.type(), elements.get().as(shape), null);
    }
    return ShapeOutcome.of(output);
  }

  private static ShapeOutcome withUnknownTarget(ShapeContext context, DataType type) {
    Optional<Dim> rank = context.shape(1).filter(s -> s.rank() == 1).map(s -> s.dim(0));
    Shape shape =
        rank.isPresent() && rank.get() instanceof Dim.Known(long known)
            ? Shape.of(Collections.nCopies((int) known, Dim.unknown()))
            : null;
    return ShapeOutcome.of(
        Output.of(type, shape).because("the shape it asks for is computed while the model runs"));
  }

  private static Shape reshaped(ShapeContext context, KnownIntegers target) {
    Optional<Shape> input = context.shape(0);
    boolean zeroIsZero = context.node().intAttribute("allowzero", 0) != 0;
    List<@Nullable DimExpression> sizes = new ArrayList<>();
    int rest = -1;
    for (int i = 0; i < target.size(); i++) {
      DimExpression wanted = target.element(i).orElse(null);
      if (wanted != null && wanted.is(0) && !zeroIsZero) {
        int axis = i;
        if (input.isPresent() && axis >= input.get().rank()) {
          throw new ImpossibleShape("keeps dimension " + axis + " of " + input.get());
        }
        sizes.add(input.flatMap(shape -> DimExpression.of(shape.dim(axis))).orElse(null));
      } else if (wanted != null && wanted.is(-1)) {
        rest = i;
        sizes.add(null);
      } else {
        sizes.add(wanted);
      }
    }
    if (rest >= 0) {
      sizes.set(rest, input.flatMap(shape -> remainder(shape, target, sizes)).orElse(null));
    } else {
      completeSingleUnknown(input, sizes);
    }
    checkCount(input, sizes);
    return Shape.of(
        sizes.stream().map(size -> size == null ? Dim.unknown() : size.toDim()).toList());
  }

  /// What is left for `-1`. Dimensions that both sides keep cancel out even when unknown.
  private static Optional<DimExpression> remainder(
      Shape input, KnownIntegers target, List<@Nullable DimExpression> sizes) {
    DimExpression divisor = DimExpression.of(1);
    List<Dim> dividend = new ArrayList<>(input.dims());
    int unknownKept = 0;
    for (int i = 0; i < sizes.size(); i++) {
      DimExpression size = sizes.get(i);
      boolean isRest = target.element(i).filter(wanted -> wanted.is(-1)).isPresent();
      if (isRest) {
        continue;
      }
      if (size != null) {
        divisor = divisor.times(size);
      } else if (target.element(i).filter(wanted -> wanted.is(0)).isPresent()) {
        // A kept dimension of unknown size: leave it out on both sides.
        dividend.remove(i - unknownKept++);
      } else {
        return Optional.empty();
      }
    }
    Optional<DimExpression> product = DimArithmetic.product(dividend);
    if (product.isEmpty() || divisor.is(0)) {
      return Optional.empty();
    }
    if (product.get().value().isPresent()
        && divisor.value().isPresent()
        && product.get().value().getAsLong() % divisor.value().getAsLong() != 0) {
      throw new ImpossibleShape(product.get() + " elements cannot fill a multiple of " + divisor);
    }
    return Optional.of(product.get().floorDiv(divisor));
  }

  /// With every other size known, the element count gives the last one.
  private static void completeSingleUnknown(
      Optional<Shape> input, List<@Nullable DimExpression> sizes) {
    if (input.isEmpty() || Collections.frequency(sizes, null) != 1) {
      return;
    }
    int missing = sizes.indexOf(null);
    // A target element of unknown value might be 0 or -1, but the count settles the size all the
    // same.
    DimExpression others = DimExpression.of(1);
    for (int i = 0; i < sizes.size(); i++) {
      DimExpression size = sizes.get(i);
      if (size != null) {
        others = others.times(size);
      }
    }
    Optional<DimExpression> total = DimArithmetic.product(input.get().dims());
    DimExpression known = others;
    sizes.set(missing, total.flatMap(count -> count.divideExactly(known)).orElse(null));
  }

  private static void checkCount(Optional<Shape> input, List<@Nullable DimExpression> sizes) {
    if (input.isEmpty() || sizes.contains(null)) {
      return;
    }
    Optional<DimExpression> before = DimArithmetic.product(input.get().dims());
    DimExpression after = DimExpression.of(1);
    for (DimExpression size : sizes) {
      after = size == null ? after : after.times(size);
    }
    if (before.isPresent()
        && before.get().value().isPresent()
        && after.value().isPresent()
        && !before.get().equals(after)) {
      throw new ImpossibleShape(before.get() + " elements cannot become " + after);
    }
  }
}
