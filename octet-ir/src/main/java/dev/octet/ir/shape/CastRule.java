package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Operators that change the element type only.
final class CastRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "Cast",
        "CastLike",
        "BitCast",
        "IsInf",
        "IsNaN",
        "EyeLike",
        "Bernoulli",
        "RandomNormalLike",
        "RandomUniformLike");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type =
        switch (context.node().opType()) {
          case "Cast", "BitCast" -> context.dataTypeAttribute("to", DataType.FLOAT);
          case "CastLike" -> context.dataType(1);
          case "IsInf", "IsNaN" -> Optional.of(DataType.BOOL);
          default ->
              context.node().attributes().containsKey("dtype")
                  ? context.dataTypeAttribute("dtype", DataType.FLOAT)
                  : context.node().is("EyeLike") && context.dataType(0).isEmpty()
                      ? Optional.of(DataType.FLOAT)
                      : context.dataType(0);
        };
    boolean casts = context.node().is("Cast") || context.node().is("CastLike");
    if (casts && type.isPresent() && context.integers(0).isPresent()) {
      KnownIntegers known = cast(context.integers(0).get(), type.get());
      if (known != null) {
        return ShapeOutcome.of(type.get(), known);
      }
    }
    return context.tensor(type, context.shape(0));
  }

  /// Narrow types might wrap, so only those that hold sizes are followed.
  private static @Nullable KnownIntegers cast(KnownIntegers known, DataType type) {
    return switch (type) {
      case INT64, INT32, UINT64, UINT32 -> known;
      case BOOL -> known.map(CastRule::truth);
      default -> null;
    };
  }

  private static @Nullable DimExpression truth(@Nullable DimExpression element) {
    return element == null || element.value().isEmpty()
        ? null
        : DimExpression.of(element.is(0) ? 0 : 1);
  }
}
