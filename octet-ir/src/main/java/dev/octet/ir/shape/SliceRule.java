package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/// `Slice`, bounds as attributes (up to opset 9) or inputs.
final class SliceRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Slice");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> input = context.shape(0);
    if (type.isEmpty() || input.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Optional<KnownIntegers> starts = bounds(context, 1, "starts");
    Optional<KnownIntegers> ends = bounds(context, 2, "ends");
    Optional<long[]> axes = axes(context, starts.or(() -> ends), input.get().rank());
    Optional<long[]> steps = steps(context, axes);
    if (axes.isEmpty()) {
      return context.tensor(type, unknownOfRank(input.get()));
    }
    List<Dim> dims = new ArrayList<>(input.get().dims());
    for (int i = 0; i < axes.get().length; i++) {
      int axis = context.axis(axes.get()[i], dims.size());
      Optional<DimExpression> size = DimExpression.of(dims.get(axis));
      int bound = i;
      Optional<DimExpression> start = starts.flatMap(known -> known.element(bound));
      Optional<DimExpression> end = ends.flatMap(known -> known.element(bound));
      boolean known = size.isPresent() && start.isPresent() && end.isPresent() && steps.isPresent();
      dims.set(
          axis,
          known
              ? length(context, size.get(), start.get(), end.get(), steps.get()[i])
              : Dim.unknown());
    }
    Shape shape = Shape.of(dims);
    return context.likeInput(shape, elements(context, starts, axes.get(), steps, shape));
  }

  private static Optional<KnownIntegers> bounds(ShapeContext context, int input, String attribute) {
    return context.has(input)
        ? context.integers(input)
        : context.node().intsAttribute(attribute).map(KnownIntegers::vector);
  }

  private static Optional<long[]> axes(
      ShapeContext context, Optional<KnownIntegers> bounds, int rank) {
    if (context.has(3)) {
      return context.numbers(3);
    }
    return context
        .node()
        .intsAttribute("axes")
        .or(() -> bounds.map(known -> LongStream.range(0, Math.min(known.size(), rank)).toArray()));
  }

  private static Optional<long[]> steps(ShapeContext context, Optional<long[]> axes) {
    if (context.has(4)) {
      return context.numbers(4);
    }
    return axes.map(
        found -> {
          long[] ones = new long[found.length];
          Arrays.fill(ones, 1);
          return ones;
        });
  }

  private static Dim length(
      ShapeContext context, DimExpression size, DimExpression start, DimExpression end, long step) {
    if (step == 0) {
      throw new ImpossibleShape("a step of 0");
    }
    OptionalLong known = size.value();
    OptionalLong from = start.value();
    OptionalLong to = end.value();
    if (known.isPresent() && from.isPresent() && to.isPresent()) {
      long n = known.getAsLong();
      long first = clamp(from.getAsLong(), n, step < 0);
      long last = clamp(to.getAsLong(), n, step < 0);
      return Dim.of(Math.max(0, Math.ceilDiv(last - first, step)));
    }
    if (step < 0) {
      boolean reversesAll =
          step == -1
              && from.isPresent()
              && (from.getAsLong() == -1 || isPastEnd(context, from.getAsLong(), size))
              && to.isPresent()
              && isBeforeStart(context, to.getAsLong(), size);
      return reversesAll ? size.toDim() : Dim.unknown();
    }
    return position(context, end, size).minus(position(context, start, size)).ceilDiv(step).toDim();
  }

  /// Where a bound falls on an axis of symbolic size. A number counted from the end is taken to
  /// fall inside: no model slices off more than there is.
  private static DimExpression position(
      ShapeContext context, DimExpression bound, DimExpression size) {
    OptionalLong number = bound.value();
    if (number.isEmpty()) {
      return bound.equals(size) ? size : bound.min(size);
    }
    long value = number.getAsLong();
    if (isPastEnd(context, value, size)) {
      return size;
    }
    if (isBeforeStart(context, value, size)) {
      return DimExpression.of(0);
    }
    return value < 0 ? size.plus(value) : value == 0 ? bound : bound.min(size);
  }

  private static boolean isPastEnd(ShapeContext context, long bound, DimExpression size) {
    return bound > 0 && context.isBoundless(bound, size);
  }

  private static boolean isBeforeStart(ShapeContext context, long bound, DimExpression size) {
    return bound < 0 && context.isBoundless(-Math.max(bound, -Long.MAX_VALUE), size);
  }

  private static long clamp(long bound, long size, boolean backwards) {
    long position = bound < 0 && bound >= -size ? bound + size : bound;
    long low = backwards ? -1 : 0;
    long high = backwards ? size - 1 : size;
    return Math.max(low, Math.min(high, position));
  }

  /// The elements left of a known tensor.
  private static Optional<KnownIntegers> elements(
      ShapeContext context,
      Optional<KnownIntegers> starts,
      long[] axes,
      Optional<long[]> steps,
      Shape shape) {
    Optional<KnownIntegers> data = context.integers(0);
    Optional<long[]> from = starts.flatMap(KnownIntegers::numbers);
    if (data.isEmpty() || from.isEmpty() || steps.isEmpty() || !shape.isStatic()) {
      return Optional.empty();
    }
    long[] sizes = data.get().shape().sizes();
    long[] first = new long[sizes.length];
    long[] step = new long[sizes.length];
    Arrays.fill(step, 1);
    for (int i = 0; i < axes.length; i++) {
      int axis = context.axis(axes[i], sizes.length);
      step[axis] = steps.get()[i];
      first[axis] = clamp(from.get()[i], sizes[axis], step[axis] < 0);
    }
    return data.get()
        .pick(
            shape,
            index -> {
              int[] own = new int[index.length];
              for (int axis = 0; axis < own.length; axis++) {
                own[axis] = (int) (first[axis] + step[axis] * index[axis]);
              }
              return data.get().position(own);
            });
  }

  private static Optional<Shape> unknownOfRank(Shape input) {
    return Optional.of(Shape.of(Collections.nCopies(input.rank(), Dim.unknown())));
  }
}
