package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `TopK`: values and their positions; k as attribute (up to opset 9) or input.
final class TopKRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("TopK");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Optional<DimExpression> count =
        context.has(1)
            ? context.integers(1).flatMap(k -> k.element(0))
            : Optional.of(DimExpression.of(context.node().intAttribute("k", 0)));
    Shape shape =
        context
            .shape(0)
            .map(
                input -> {
                  int axis = context.axis(context.node().intAttribute("axis", -1), input.rank());
                  List<Dim> dims = new ArrayList<>(input.dims());
                  dims.set(
                      axis,
                      count.map(DimExpression::toDim).orElseGet(() -> context.freshDim(0, axis)));
                  return Shape.of(dims);
                })
            .orElse(null);
    Output values = Output.of(type.get(), shape);
    Output positions = Output.of(DataType.INT64, shape);
    String reason = count.isPresent() ? null : "k depends on data";
    return reason == null
        ? ShapeOutcome.of(values, positions)
        : ShapeOutcome.of(values.because(reason), positions.because(reason));
  }
}
