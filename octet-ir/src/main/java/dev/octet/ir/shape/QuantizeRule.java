package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.List;
import java.util.Optional;

/// Quantizing and dequantizing: the shape stays, the element type is that of the zero point or the
/// scale.
final class QuantizeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "QuantizeLinear",
        "com.microsoft:DequantizeLinear",
        "com.microsoft:QuantizeLinear");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<Shape> shape = context.shape(0);
    return switch (context.node().opType()) {
      case "QuantizeLinear" -> {
        Optional<DataType> type = context.dataType(2);
        if (type.isEmpty() && context.node().intAttribute("output_dtype", 0) != 0) {
          type = context.dataTypeAttribute("output_dtype", DataType.UINT8);
        }
        // A missing zero point means an unsigned byte; one of unknown type means nothing.
        boolean unsignedByte = type.isEmpty() && !context.has(2);
        yield context.tensor(unsignedByte ? Optional.of(DataType.UINT8) : type, shape);
      }
      case "DequantizeLinear" -> {
        Optional<DataType> type = context.dataType(1);
        if (context.node().intAttribute("output_dtype", 0) != 0) {
          type = context.dataTypeAttribute("output_dtype", DataType.FLOAT);
        }
        yield context.tensor(type, shape);
      }
      default ->
          ShapeOutcome.of(
              Output.of(DataType.UINT8, shape.orElse(null)),
              Output.of(DataType.FLOAT, Shape.of()),
              Output.of(DataType.UINT8, Shape.of()));
    };
  }
}
