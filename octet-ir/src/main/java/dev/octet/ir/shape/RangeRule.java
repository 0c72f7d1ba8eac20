package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Range`: `max(0, ceil((limit - start) / delta))` numbers.
final class RangeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Range", "com.microsoft:Range");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type = context.dataType(0).or(() -> context.dataType(1));
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Optional<Dim> length = type.get().isFloat() ? ofFloats(context) : ofIntegers(context);
    if (length.isPresent()
        && length.get() instanceof Dim.Known(long count)
        && count <= KnownIntegers.MAX_ELEMENTS
        && !type.get().isFloat()) {
      List<DimExpression> elements = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        DimExpression step = element(context, 2).orElseThrow().times(i);
        elements.add(element(context, 0).orElseThrow().plus(step));
      }
      return ShapeOutcome.of(type.get(), KnownIntegers.vector(elements));
    }
    if (length.isPresent() && !(length.get() instanceof Dim.Unknown)) {
      return ShapeOutcome.of(type.get(), Shape.of(List.of(length.get())));
    }
    return ShapeOutcome.of(
        Output.of(type.get(), Shape.of(List.of(context.freshDim(0, 0))))
            .because("its length depends on data"));
  }

  private static Optional<Dim> ofIntegers(ShapeContext context) {
    Optional<DimExpression> start = element(context, 0);
    Optional<DimExpression> limit = element(context, 1);
    Optional<DimExpression> delta = element(context, 2);
    if (start.isEmpty() || limit.isEmpty() || delta.isEmpty() || delta.get().is(0)) {
      return Optional.empty();
    }
    DimExpression length = limit.get().minus(start.get()).ceilDiv(delta.get());
    return Optional.of(
        length.value().isPresent()
            ? Dim.of(Math.max(0, length.value().getAsLong()))
            : length.toDim());
  }

  private static Optional<Dim> ofFloats(ShapeContext context) {
    Optional<DenseTensor> start = context.constant(0);
    Optional<DenseTensor> limit = context.constant(1);
    Optional<DenseTensor> delta = context.constant(2);
    if (start.isEmpty() || limit.isEmpty() || delta.isEmpty()) {
      return Optional.empty();
    }
    double length =
        Math.ceil((limit.get().doubleAt(0) - start.get().doubleAt(0)) / delta.get().doubleAt(0));
    return Optional.of(Dim.of((long) Math.max(0, length)));
  }

  private static Optional<DimExpression> element(ShapeContext context, int input) {
    return context.integers(input).flatMap(known -> known.element(0));
  }
}
