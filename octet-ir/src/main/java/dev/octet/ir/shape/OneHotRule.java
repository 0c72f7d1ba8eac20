package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `OneHot`: one more axis, as long as `depth` says.
final class OneHotRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("OneHot");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type = context.dataType(2);
    Dim depth =
        context
            .integers(1)
            .flatMap(known -> known.element(0))
            .map(DimExpression::toDim)
            .or(
                () ->
                    context
                        .constant(1)
                        .filter(data -> data.dataType().isFloat())
                        .map(data -> Dim.of((long) data.doubleAt(0))))
            .orElseGet(Dim::unknown);
    Optional<Shape> shape =
        context
            .shape(0)
            .map(
                indices -> {
                  int axis =
                      context.axis(context.node().intAttribute("axis", -1), indices.rank() + 1);
                  List<Dim> dims = new ArrayList<>(indices.dims());
                  dims.add(axis, depth);
                  return Shape.of(dims);
                });
    return context.tensor(type, shape);
  }
}
