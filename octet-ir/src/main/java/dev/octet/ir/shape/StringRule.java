package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Text and loss operators, and the few of the classical machine-learning domain that meet neural
/// networks.
final class StringRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "Det",
        "NegativeLogLikelihoodLoss",
        "RegexFullMatch",
        "SoftmaxCrossEntropyLoss",
        "StringConcat",
        "StringNormalizer",
        "StringSplit",
        "TfIdfVectorizer",
        "ai.onnx.ml:ArrayFeatureExtractor",
        "ai.onnx.ml:Binarizer",
        "ai.onnx.ml:LabelEncoder");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<Shape> input = context.shape(0);
    return switch (context.node().opType()) {
      case "Det" -> context.likeInput(shape -> Shape.of(shape.dims().subList(0, shape.rank() - 2)));
      case "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss" -> loss(context);
      case "RegexFullMatch" -> ShapeOutcome.of(DataType.BOOL, input.orElse(null));
      case "StringConcat" -> {
        Optional<Shape> other = context.shape(1);
        boolean known = input.isPresent() && other.isPresent();
        yield ShapeOutcome.of(
            DataType.STRING, known ? DimArithmetic.broadcast(input.get(), other.get()) : null);
      }
      case "StringSplit" -> {
        Shape parts =
            input
                .map(
                    shape -> {
                      List<Dim> dims = new ArrayList<>(shape.dims());
                      dims.add(context.freshDim(0, shape.rank()));
                      return Shape.of(dims);
                    })
                .orElse(null);
        yield ShapeOutcome.of(
            Output.of(DataType.STRING, parts).because("how many parts there are depends on data"),
            Output.of(DataType.INT64, input.orElse(null)));
      }
      case "ArrayFeatureExtractor" -> {
        Optional<Shape> positions = context.shape(1);
        Optional<Shape> shape =
            input
                .filter(found -> found.rank() > 0 && positions.isPresent())
                .map(
                    found -> {
                      List<Dim> dims = new ArrayList<>(found.dims());
                      dims.set(dims.size() - 1, DimArithmetic.productDim(positions.get().dims()));
                      return found.rank() == 1
                          ? Shape.of(List.of(Dim.of(1), dims.getLast()))
                          : Shape.of(dims);
                    });
        yield context.likeInput(shape);
      }
      case "Binarizer" -> context.likeInput(input);
      default -> ShapeOutcome.unknown("what it yields depends on its tables");
    };
  }

  private static ShapeOutcome loss(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    boolean reduced = !context.node().stringAttribute("reduction", "mean").equals("none");
    Shape loss = reduced ? Shape.of() : context.shape(1).orElse(null);
    return ShapeOutcome.of(Output.of(type.get(), loss), context.same(0));
  }
}
