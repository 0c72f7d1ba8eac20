package dev.octet.ir.shape;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `Constant`, in each of its forms.
final class ConstantRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Constant");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    for (Map.Entry<String, Attribute> attribute : context.node().attributes().entrySet()) {
      Optional<ShapeOutcome> known = of(attribute.getValue());
      if (attribute.getKey().startsWith("value") && known.isPresent()) {
        return known.get();
      }
    }
    return ShapeOutcome.unknown("its value is of a kind not followed here");
  }

  private static Optional<ShapeOutcome> of(Attribute attribute) {
    return switch (attribute) {
      case Attribute.OfTensor(Tensor tensor) ->
          Optional.of(
              KnownIntegers.of(tensor)
                  .map(integers -> ShapeOutcome.of(tensor.dataType(), integers))
                  .orElseGet(() -> ShapeOutcome.of(tensor.dataType(), tensor.shape())));
      case Attribute.OfInt(long value) ->
          Optional.of(
              ShapeOutcome.of(DataType.INT64, KnownIntegers.scalar(DimExpression.of(value))));
      case Attribute.OfInts(List<Long> values) ->
          Optional.of(
              ShapeOutcome.of(
                  DataType.INT64,
                  KnownIntegers.vector(values.stream().map(DimExpression::of).toList())));
      case Attribute.OfFloat(float value) ->
          Optional.of(ShapeOutcome.of(DataType.FLOAT, Shape.of()));
      case Attribute.OfFloats(List<Float> values) ->
          Optional.of(ShapeOutcome.of(DataType.FLOAT, Shape.of(values.size())));
      case Attribute.OfString(String value) ->
          Optional.of(ShapeOutcome.of(DataType.STRING, Shape.of()));
      case Attribute.OfStrings(List<String> values) ->
          Optional.of(ShapeOutcome.of(DataType.STRING, Shape.of(values.size())));
      default -> Optional.empty();
    };
  }
}
