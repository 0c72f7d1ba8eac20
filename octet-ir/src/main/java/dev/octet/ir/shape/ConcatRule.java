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
    if (shapes.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Shape shape = joined(context, shapes, parts);
    if (type.isPresent()
        && elements.size() == parts
        && shape.elementCount().orElse(Long.MAX_VALUE) <= KnownIntegers.MAX_ELEMENTS) {
      int axis = context.axis(context.node().intAttribute("axis", 1), shape.rank());
      return ShapeOutcome.of(type.get(), joined(elements, axis, shape));
    }
    return context.tensor(type, Optional.of(shape));
  }

  private static KnownIntegers joined(List<KnownIntegers> parts, int axis, Shape shape) {
    int rows = 1;
    for (int i = 0; i < axis; i++) {
      rows *= Math.toIntExact(shape.sizes()[i]);
    }
    List<@Nullable DimExpression> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      for (KnownIntegers part : parts) {
        int width = part.size() / rows;
        all.addAll(part.elements().subList(row * width, (row + 1) * width));
      }
    }
    return new KnownIntegers(all, shape);
  }

  private static Shape joined(ShapeContext context, List<Shape> shapes, int parts) {
    Shape result = shapes.getFirst();
    int axis = context.axis(context.node().intAttribute("axis", 1), result.rank());
    Dim total = result.dim(axis);
    for (Shape shape : shapes.subList(1, shapes.size())) {
      for (int i = 0; i < Math.min(shape.rank(), result.rank()); i++) {
        if (i != axis) {
          context.mustBeEqual(result.dim(i), shape.dim(i));
        }
      }
    }
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
