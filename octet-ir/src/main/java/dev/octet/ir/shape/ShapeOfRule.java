package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `Shape` and `Size`: where shapes become data.
final class ShapeOfRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Shape", "Size");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<Shape> input = context.shape(0);
    if (context.node().is("Size")) {
      return input
          .flatMap(shape -> DimArithmetic.product(shape.dims()))
          .map(count -> ShapeOutcome.of(DataType.INT64, KnownIntegers.scalar(count)))
          .orElseGet(() -> ShapeOutcome.of(DataType.INT64, Shape.of()));
    }
    if (input.isEmpty()) {
      return ShapeOutcome.of(
          new Output(
              ValueType.tensor(DataType.INT64, Shape.of(List.of(Dim.unknown()))), null, null));
    }
    int rank = input.get().rank();
    int start = bound(context.node().intAttribute("start", 0), rank);
    int end = bound(context.node().intAttribute("end", rank), rank);
    List<@Nullable DimExpression> elements = new ArrayList<>();
    for (int axis = start; axis < end; axis++) {
      elements.add(DimExpression.of(input.get().dim(axis)).orElse(null));
    }
    return ShapeOutcome.of(DataType.INT64, KnownIntegers.vector(elements));
  }

  private static int bound(long stated, int rank) {
    long fromFront = stated < 0 ? stated + rank : stated;
    return (int) Math.max(0, Math.min(rank, fromFront));
  }
}
