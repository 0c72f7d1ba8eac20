package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reductions over some axes. Axes are an attribute up to opset 12 or 17 and an input from then on;
/// either is understood, whatever the opset.
final class ReductionRule implements ShapeRule {
  /// Reductions whose result on integers is followed.
  private static final Set<String> EXACT =
      Set.of("ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum");

  @Override
  public List<String> operators() {
    return List.of(
        "ArgMax",
        "ArgMin",
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare",
        "com.microsoft:ReduceSumInteger");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    boolean index = node.opType().startsWith("Arg");
    boolean keep = node.intAttribute("keepdims", 1) != 0;
    Optional<DataType> type = index ? Optional.of(DataType.INT64) : context.dataType(0);
    if (context.shape(0).isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Shape input = context.shape(0).get();
    Optional<long[]> axes;
    if (index) {
      axes = Optional.of(new long[] {node.intAttribute("axis", 0)});
    } else {
      axes = context.numbers(1, "axes");
      if (axes.isEmpty() && context.has(1)) {
        // Only the number of axes may be known.
        return keep ? context.tensor(type, unknownOfRank(input)) : noAxes(context, type);
      }
    }
    Shape shape = reduced(context, input, axes, keep);
    Optional<KnownIntegers> elements = index ? Optional.empty() : elements(context, shape);
    return elements.isPresent()
        ? context.likeInput(shape, elements)
        : context.tensor(type, Optional.of(shape));
  }

  /// A known vector reduced to one element.
  private static Optional<KnownIntegers> elements(ShapeContext context, Shape shape) {
    Optional<KnownIntegers> known = context.integers(0).filter(vector -> vector.rank() == 1);
    if (known.isEmpty()
        || !EXACT.contains(context.node().opType())
        || known.get().size() == 0
        || !shape.equals(shape.rank() == 0 ? Shape.of() : Shape.of(1))
        || known.get().elements().contains(null)) {
      return Optional.empty();
    }
    DimExpression total = known.get().element(0).orElseThrow();
    for (int i = 1; i < known.get().size(); i++) {
      DimExpression next = known.get().element(i).orElseThrow();
      total =
          switch (context.node().opType()) {
            case "ReduceProd" -> total.times(next);
            case "ReduceSum" -> total.plus(next);
            case "ReduceMax" -> total.max(next);
            default -> total.min(next);
          };
    }
    return Optional.of(KnownIntegers.scalar(total).as(shape));
  }

  private static Shape reduced(
      ShapeContext context, Shape input, Optional<long[]> axes, boolean keep) {
    boolean noneGiven = axes.isEmpty() || axes.get().length == 0;
    if (noneGiven && context.node().intAttribute("noop_with_empty_axes", 0) != 0) {
      return input;
    }
    Set<Integer> reduced = new HashSet<>();
    if (noneGiven) {
      for (int axis = 0; axis < input.rank(); axis++) {
        reduced.add(axis);
      }
    } else {
      for (long axis : axes.get()) {
        reduced.add(context.axis(axis, input.rank()));
      }
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      if (!reduced.contains(axis)) {
        dims.add(input.dim(axis));
      } else if (keep) {
        dims.add(Dim.of(1));
      }
    }
    return Shape.of(dims);
  }

  private static Optional<Shape> unknownOfRank(Shape input) {
    return Optional.of(Shape.of(Collections.nCopies(input.rank(), Dim.unknown())));
  }

  private static ShapeOutcome noAxes(ShapeContext context, Optional<DataType> type) {
    return type.<ShapeOutcome>map(
            known ->
                ShapeOutcome.of(
                    ShapeOutcome.Output.of(known, null)
                        .because("the axes it reduces are computed while the model runs")))
        .orElseGet(() -> context.tensor(type, Optional.empty()));
  }
}
