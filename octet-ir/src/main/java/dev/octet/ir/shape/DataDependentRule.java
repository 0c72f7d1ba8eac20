package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Operators whose output size only the data tells; the size becomes a symbol of its own.
final class DataDependentRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Compress", "NonMaxSuppression", "NonZero", "Unique");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Dim found = context.freshDim(0, 0);
    return switch (context.node().opType()) {
      case "NonZero" -> {
        Optional<KnownIntegers> positions = nonZero(context);
        if (positions.isPresent()) {
          yield ShapeOutcome.of(DataType.INT64, positions.get());
        }
        Dim rank = context.rank(0).map(known -> Dim.of(known)).orElseGet(Dim::unknown);
        yield ShapeOutcome.of(
            because(Output.of(DataType.INT64, Shape.of(List.of(rank, context.freshDim(0, 1))))));
      }
      case "NonMaxSuppression" ->
          ShapeOutcome.of(because(Output.of(DataType.INT64, Shape.of(List.of(found, Dim.of(3))))));
      case "Compress" -> selected(context, found, false);
      default -> selected(context, found, true);
    };
  }

  /// Positions in a known vector; old exporters count this way.
  private static Optional<KnownIntegers> nonZero(ShapeContext context) {
    Optional<long[]> data =
        context.integers(0).filter(known -> known.rank() == 1).flatMap(KnownIntegers::numbers);
    if (data.isEmpty()) {
      return Optional.empty();
    }
    List<DimExpression> positions = new ArrayList<>();
    for (int i = 0; i < data.get().length; i++) {
      if (data.get()[i] != 0) {
        positions.add(DimExpression.of(i));
      }
    }
    return Optional.of(KnownIntegers.vector(positions).as(Shape.of(1, positions.size())));
  }

  private static ShapeOutcome selected(ShapeContext context, Dim found, boolean unique) {
    Optional<DataType> type = context.dataType(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    boolean flat = !context.node().attributes().containsKey("axis");
    Optional<Shape> input = context.shape(0);
    Shape shape = flat ? Shape.of(List.of(found)) : null;
    if (!flat && input.isPresent()) {
      List<Dim> dims = new ArrayList<>(input.get().dims());
      dims.set(context.axis(context.node().intAttribute("axis", 0), dims.size()), found);
      shape = Shape.of(dims);
    }
    Output values = because(Output.of(type.get(), shape));
    if (!unique) {
      return ShapeOutcome.of(values);
    }
    Shape inverse =
        flat
            ? input.map(s -> Shape.of(List.of(DimArithmetic.productDim(s.dims())))).orElse(null)
            : input
                .map(
                    s ->
                        Shape.of(
                            List.of(
                                s.dim(
                                    context.axis(
                                        context.node().intAttribute("axis", 0), s.rank())))))
                .orElse(null);
    Output perValue = because(Output.of(DataType.INT64, Shape.of(List.of(found))));
    return ShapeOutcome.of(values, perValue, Output.of(DataType.INT64, inverse), perValue);
  }

  private static Output because(Output output) {
    return output.because("its size depends on data");
  }
}
