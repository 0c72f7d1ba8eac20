package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Normalizations with statistics among their outputs, and `Dropout` with its mask.
final class NormalizationRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "BatchNormalization",
        "Dropout",
        "LayerNormalization",
        "SimplifiedLayerNormalization",
        "com.microsoft:EmbedLayerNormalization",
        "com.microsoft:SkipGroupNorm",
        "com.microsoft:SkipLayerNormalization",
        "com.microsoft:SkipSimplifiedLayerNormalization");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    return switch (context.node().opType()) {
      case "Dropout" -> {
        // The mask was of the data's own type at first.
        boolean ofBool = context.opset() >= 10;
        Output mask = ofBool ? withType(DataType.BOOL, context.shape(0)) : context.same(0);
        yield ShapeOutcome.of(context.same(0), mask);
      }
      case "BatchNormalization" -> {
        Output perChannel = context.same(3) == null ? context.same(1) : context.same(3);
        yield ShapeOutcome.of(context.same(0), perChannel, perChannel, perChannel, perChannel);
      }
      case "LayerNormalization", "SimplifiedLayerNormalization" -> {
        Output statistics = withType(DataType.FLOAT, statistics(context, -1));
        yield ShapeOutcome.of(context.same(0), statistics, statistics);
      }
      case "EmbedLayerNormalization" -> embedding(context);
      default -> {
        Output statistics = withType(DataType.FLOAT, statistics(context, -1));
        // The last output is the sum of input and skip connection.
        yield context.node().opType().equals("SkipGroupNorm")
            ? ShapeOutcome.of(context.same(0), context.same(0))
            : ShapeOutcome.of(context.same(0), statistics, statistics, context.same(0));
      }
    };
  }

  private static Output withType(DataType type, Optional<Shape> shape) {
    return Output.of(ValueType.tensor(type, shape.orElse(null)));
  }

  /// Dimensions from the normalized axis on become 1.
  private static Optional<Shape> statistics(ShapeContext context, long defaultAxis) {
    return context
        .shape(0)
        .map(
            shape -> {
              int axis =
                  context.axis(context.node().intAttribute("axis", defaultAxis), shape.rank());
              List<Dim> dims = new ArrayList<>(shape.dims());
              for (int i = axis; i < dims.size(); i++) {
                dims.set(i, Dim.of(1));
              }
              return Shape.of(dims);
            });
  }

  /// Word ids `[batch, length]` to `[batch, length, hidden]`, hidden as in the word table.
  private static ShapeOutcome embedding(ShapeContext context) {
    Optional<DataType> type = context.dataType(2);
    Optional<Shape> ids = context.shape(0).filter(shape -> shape.rank() == 2);
    Optional<Shape> table = context.shape(2).filter(shape -> shape.rank() == 2);
    if (type.isEmpty()) {
      return ShapeOutcome.unknown("the element type of the embedding is not known");
    }
    Shape shape =
        ids.isEmpty() || table.isEmpty()
            ? null
            : Shape.of(List.of(ids.get().dim(0), ids.get().dim(1), table.get().dim(1)));
    Shape mask = ids.map(found -> Shape.of(List.of(found.dim(0)))).orElse(null);
    Output hidden = Output.of(type.get(), shape);
    return ShapeOutcome.of(hidden, Output.of(DataType.INT32, mask), hidden);
  }
}
