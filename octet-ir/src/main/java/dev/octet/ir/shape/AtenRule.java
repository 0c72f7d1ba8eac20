package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `ATen`, by which PyTorch's exporter falls back on its own operators: attribute `operator` names
/// one, inputs are its arguments in PyTorch's order, left out where they are `None`. The seventeen
/// are those that the peer's symbolic shape inference knows.
final class AtenRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("org.pytorch.aten:ATen");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    String operator = context.node().stringAttribute("operator", "");
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> input = context.shape(0);
    if (type.isEmpty() || input.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Shape shape = input.get();
    return switch (operator) {
      case "_adaptive_avg_pool2d", "avg_pool2d", "max_pool2d_with_indices" ->
          pooled(context, type.get(), shape);
      case "argmax" -> ShapeOutcome.of(DataType.INT64, reduced(context, shape).orElse(null));
      case "bitwise_or" ->
          context.likeInput(context.shape(1).map(other -> context.broadcast(shape, other)));
      case "diagonal" -> context.likeInput(diagonal(context, shape));
      case "embedding" -> context.likeInput(looked(context, shape));
      case "max", "min" -> extreme(context, type.get(), shape);
      case "multinomial" -> {
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.set(dims.size() - 1, size(context, 1, 0));
        yield ShapeOutcome.of(DataType.INT64, Shape.of(dims));
      }
      case "native_group_norm" -> {
        Output statistic =
            Output.of(type.get(), Shape.of(List.of(shape.dim(0), size(context, 6, 0))));
        yield ShapeOutcome.of(Output.of(type.get(), shape), statistic, statistic);
      }
      case "numpy_T" -> context.likeInput(Optional.of(Shape.of(shape.dims().reversed())));
      case "unfold" -> context.likeInput(unfolded(context, shape));
      case "upsample_bicubic2d", "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d" ->
          context.likeInput(Optional.of(resized(context, shape)));
      default -> ShapeOutcome.unknown("no shape rule for ATen's '" + operator + "'");
    };
  }

  /// Two spatial axes; their sizes are known when they are an argument.
  private static ShapeOutcome pooled(ShapeContext context, DataType type, Shape input) {
    boolean adaptive = context.node().stringAttribute("operator", "").startsWith("_adaptive");
    List<Dim> dims = new ArrayList<>(input.dims().subList(0, input.rank() - 2));
    for (int i = 0; i < 2; i++) {
      dims.add(adaptive ? size(context, 1, i) : Dim.unknown());
    }
    Output values = Output.of(type, Shape.of(dims));
    Output places = Output.of(DataType.INT64, Shape.of(dims));
    String why = "PyTorch's own pooling is not followed";
    return adaptive
        ? ShapeOutcome.of(values)
        : ShapeOutcome.of(values.because(why), places.because(why));
  }

  private static ShapeOutcome extreme(ShapeContext context, DataType type, Shape input) {
    if (context.inputCount() == 1) {
      return ShapeOutcome.of(type, Shape.of());
    }
    @Nullable Shape shape = reduced(context, input).orElse(null);
    return ShapeOutcome.of(Output.of(type, shape), Output.of(DataType.INT64, shape));
  }

  /// Without argument 1, the axis, over everything; argument 2 says whether the axis stays.
  private static Optional<Shape> reduced(ShapeContext context, Shape input) {
    if (!context.has(1)) {
      return Optional.of(Shape.of());
    }
    Optional<long[]> axis = context.numbers(1);
    Optional<long[]> keep = context.has(2) ? context.numbers(2) : Optional.of(new long[] {0});
    if (axis.isEmpty() || keep.isEmpty()) {
      return Optional.empty();
    }
    List<Dim> dims = new ArrayList<>(input.dims());
    int place = context.axis(axis.get()[0], dims.size());
    if (keep.get()[0] != 0) {
      dims.set(place, Dim.of(1));
    } else {
      dims.remove(place);
    }
    return Optional.of(Shape.of(dims));
  }

  private static Optional<Shape> diagonal(ShapeContext context, Shape input) {
    Optional<long[]> offset = context.numbers(1);
    Optional<long[]> first = context.numbers(2);
    Optional<long[]> second = context.numbers(3);
    if (offset.isEmpty() || first.isEmpty() || second.isEmpty()) {
      return Optional.empty();
    }
    int one = context.axis(first.get()[0], input.rank());
    int other = context.axis(second.get()[0], input.rank());
    long below = Math.min(0, offset.get()[0]);
    long above = Math.max(0, offset.get()[0]);
    Dim rows = DimArithmetic.map(input.dim(one), n -> n.plus(below));
    Dim columns = DimArithmetic.map(input.dim(other), n -> n.plus(-above));
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      if (axis != one && axis != other) {
        dims.add(input.dim(axis));
      }
    }
    dims.add(DimArithmetic.combine(rows, columns, (r, c) -> r.min(c).max(DimExpression.of(0))));
    return Optional.of(Shape.of(dims));
  }

  /// `embedding(weight, indices)`.
  private static Optional<Shape> looked(ShapeContext context, Shape weight) {
    return context
        .shape(1)
        .map(
            indices -> {
              List<Dim> dims = new ArrayList<>(indices.dims());
              dims.addAll(weight.dims().subList(1, weight.rank()));
              return Shape.of(dims);
            });
  }

  /// `unfold(self, dimension, size, step)`: windows along an axis, their elements as a last one.
  private static Optional<Shape> unfolded(ShapeContext context, Shape input) {
    Optional<long[]> axis = context.numbers(1);
    Optional<long[]> size = context.numbers(2);
    Optional<long[]> step = context.numbers(3);
    if (axis.isEmpty() || size.isEmpty() || step.isEmpty()) {
      return Optional.empty();
    }
    List<Dim> dims = new ArrayList<>(input.dims());
    int place = context.axis(axis.get()[0], dims.size());
    dims.set(
        place,
        DimArithmetic.map(
            dims.get(place), n -> n.plus(-size.get()[0]).floorDiv(step.get()[0]).plus(1)));
    dims.add(Dim.of(size.get()[0]));
    return Optional.of(Shape.of(dims));
  }

  /// `upsample_…(self, output_size, …)`.
  private static Shape resized(ShapeContext context, Shape input) {
    List<Dim> dims = new ArrayList<>(input.dims().subList(0, Math.min(2, input.rank())));
    for (int axis = 2; axis < input.rank(); axis++) {
      dims.add(size(context, 1, axis - 2));
    }
    return Shape.of(dims);
  }

  private static Dim size(ShapeContext context, int argument, int index) {
    return context
        .integers(argument)
        .filter(known -> index < known.size())
        .flatMap(known -> known.element(index))
        .map(DimExpression::toDim)
        .orElseGet(Dim::unknown);
  }
}
