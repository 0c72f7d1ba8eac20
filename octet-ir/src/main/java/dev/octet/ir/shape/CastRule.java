package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.List;
import java.util.Optional;

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
    boolean keepsIntegers =
        type.filter(DataType::isInteger).isPresent()
            && (context.node().is("Cast") || context.node().is("CastLike"));
    if (keepsIntegers && context.integers(0).isPresent()) {
      KnownIntegers known = context.integers(0).get();
      return ShapeOutcome.of(new Output(ValueType.tensor(type.get(), known.shape()), known, null));
    }
    return context.tensor(type, context.shape(0));
  }
}
