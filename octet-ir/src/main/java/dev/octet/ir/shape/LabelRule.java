package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import java.util.List;
import java.util.Optional;

/// Classical machine-learning operators that meet neural networks: tables and trees.
final class LabelRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "ai.onnx.ml:CategoryMapper",
        "ai.onnx.ml:LabelEncoder",
        "ai.onnx.ml:TreeEnsemble",
        "ai.onnx.ml:ZipMap");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    return switch (node.opType()) {
      case "CategoryMapper" ->
          context.tensor(
              context
                  .dataType(0)
                  .map(type -> type == DataType.STRING ? DataType.INT64 : DataType.STRING),
              context.shape(0));
      case "ZipMap" ->
          ShapeOutcome.of(
              ShapeOutcome.Output.of(
                  new ValueType.OfSequence(
                      new ValueType.OfMap(
                          node.attributes().containsKey("classlabels_int64s")
                              ? DataType.INT64
                              : DataType.STRING,
                          ValueType.tensor(DataType.FLOAT, null)))));
      case "LabelEncoder" -> context.tensor(labelType(node), context.shape(0));
      default ->
          context.likeInput(
              input -> Shape.of(List.of(input.dim(0), Dim.of(node.intAttribute("n_targets", 1)))));
    };
  }

  private static Optional<DataType> labelType(Node node) {
    if (node.attributes().containsKey("values_strings")
        || node.attributes().containsKey("default_string")) {
      return Optional.of(DataType.STRING);
    }
    if (node.attributes().containsKey("values_int64s")) {
      return Optional.of(DataType.INT64);
    }
    if (node.attributes().containsKey("values_floats")) {
      return Optional.of(DataType.FLOAT);
    }
    return node.tensorAttribute("values_tensor").map(values -> values.dataType());
  }
}
