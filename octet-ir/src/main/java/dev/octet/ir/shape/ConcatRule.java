package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `Concat` along one axis.
final class ConcatRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Concat", "com.microsoft:QLinearConcat");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    boolean quantized = context.node().opType().equals("QLinearConcat");
    // QLinearConcat: output scale and zero point, then data, scale and zero point for each part.
    int first = quantized ? 2 : 0;
    int step = quantized ? 3 : 1;
    Optional<DataType> type = quantized ? context.dataType(1) : Optional.empty();
    List<Shape> shapes = new ArrayList<>();
    List<KnownIntegers> elements = new ArrayList<>();
    int parts = 0;
    for (int i = first; i < context.inputCount(); i += step) {
      parts++;
      int part = i;
      type = type.or(() -> context.dataType(part));
      context.shape(i).ifPresent(shapes::add);
      context.integers(i).ifPresent(elements::add);
    }
    if (type.isPresent() && elements.size() == parts && parts > 0) {
      return ShapeOutcome.of(type.get(), joined(elements));
    }
    return context.tensor(
        type, shapes.isEmpty() ? Optional.empty() : Optional.of(joined(context, shapes, parts)));
  }

  private static KnownIntegers joined(List<KnownIntegers> parts) {
    List<@Nullable DimExpression> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.elements()));
    return new KnownIntegers(all, false);
  }

  private static Shape joined(ShapeContext context, List<Shape> shapes, int parts) {
    Shape result = shapes.getFirst();
    int axis = context.axis(context.node().intAttribute("axis", 1), result.rank());
    Dim total = result.dim(axis);
    for (Shape shape : shapes.subList(1, shapes.size())) {
      total = shape.rank() == result.rank() ? DimArithmetic.plus(total, shape.dim(axis)) : total;
      result =
          DimArithmetic.unify(result, shape)
              .orElseThrow(() -> new ImpossibleShape("parts of different rank"));
    }
    List<Dim> dims = new ArrayList<>(result.dims());
    dims.set(axis, shapes.size() == parts ? total : Dim.unknown());
    return Shape.of(dims);
  }
}
