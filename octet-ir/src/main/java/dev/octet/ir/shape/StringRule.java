package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.Arrays;
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
        "ai.onnx.ml:Binarizer");
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
            DataType.STRING, known ? context.broadcast(input.get(), other.get()) : null);
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
      case "StringNormalizer" -> normalized(context);
      default -> terms(context);
    };
  }

  /// Stop words are dropped, so only without any is the length known.
  private static ShapeOutcome normalized(ShapeContext context) {
    Optional<Shape> input = context.shape(0);
    if (!context.node().attributes().containsKey("stopwords")) {
      return ShapeOutcome.of(DataType.STRING, input.orElse(null));
    }
    Shape kept =
        input
            .filter(shape -> shape.rank() > 0)
            .map(
                shape -> {
                  List<Dim> dims = new ArrayList<>(shape.dims());
                  dims.set(dims.size() - 1, context.freshDim(0, dims.size() - 1));
                  return Shape.of(dims);
                })
            .orElse(null);
    return ShapeOutcome.of(
        Output.of(DataType.STRING, kept).because("how many stop words there are depends on data"));
  }

  /// `TfIdfVectorizer`: one number for each n-gram, as many as the largest index says.
  private static ShapeOutcome terms(ShapeContext context) {
    long[] indexes = context.node().intsAttribute("ngram_indexes").orElse(new long[0]);
    long count = Arrays.stream(indexes).max().orElse(-1) + 1;
    return ShapeOutcome.of(
        DataType.FLOAT,
        context
            .shape(0)
            .map(
                input -> {
                  List<Dim> dims = new ArrayList<>(input.dims());
                  if (!dims.isEmpty()) {
                    dims.removeLast();
                  }
                  dims.add(Dim.of(count));
                  return Shape.of(dims);
                })
            .orElse(null));
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
