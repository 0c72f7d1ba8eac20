package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Spectra and windows: `DFT`, `STFT`, `MelWeightMatrix`, window functions.
final class SignalRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "BlackmanWindow", "DFT", "HammingWindow", "HannWindow", "MelWeightMatrix", "STFT");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    return switch (context.node().opType()) {
      case "DFT" -> dft(context);
      case "STFT" -> stft(context);
      case "MelWeightMatrix" -> {
        Dim bins = size(context, 0);
        Dim length = DimArithmetic.map(size(context, 1), n -> n.floorDiv(2).plus(1));
        yield context.tensor(
            context.dataTypeAttribute("output_datatype", DataType.FLOAT),
            Optional.of(Shape.of(List.of(length, bins))));
      }
      default ->
          context.tensor(
              context.dataTypeAttribute("output_datatype", DataType.FLOAT),
              Optional.of(Shape.of(List.of(size(context, 0)))));
    };
  }

  /// `[…, signal, 1 or 2]` to `[…, spectrum, 2]`.
  private static ShapeOutcome dft(ShapeContext context) {
    boolean oneSided = context.node().intAttribute("onesided", 0) != 0;
    boolean inverse = context.node().intAttribute("inverse", 0) != 0;
    boolean axisIsInput = context.opset() >= 20;
    Optional<long[]> stated =
        axisIsInput
            ? context.has(2) ? context.numbers(2) : Optional.of(new long[] {-2})
            : Optional.of(new long[] {context.node().intAttribute("axis", 1)});
    return context.likeInput(
        input -> {
          List<Dim> dims = new ArrayList<>(input.dims());
          dims.set(dims.size() - 1, oneSided && inverse ? Dim.of(1) : Dim.of(2));
          if (stated.isEmpty()) {
            return Shape.of(java.util.Collections.nCopies(dims.size(), Dim.unknown()));
          }
          int axis = context.axis(stated.get()[0], dims.size());
          Dim length = context.has(1) ? size(context, 1) : dims.get(axis);
          dims.set(
              axis,
              oneSided && !inverse
                  ? DimArithmetic.map(length, n -> n.floorDiv(2).plus(1))
                  : length);
          return Shape.of(dims);
        });
  }

  /// `[batch, signal, 1 or 2]` to `[batch, frames, bins, 2]`.
  private static ShapeOutcome stft(ShapeContext context) {
    boolean oneSided = context.node().intAttribute("onesided", 1) != 0;
    Dim frame =
        context.has(3)
            ? size(context, 3)
            : context.shape(2).map(window -> window.dim(0)).orElseGet(Dim::unknown);
    Dim step = size(context, 1);
    Optional<Shape> signal = context.shape(0);
    return context.likeInput(
        signal.map(
            input -> {
              Dim room = DimArithmetic.combine(input.dim(1), frame, DimExpression::minus);
              Dim frames = DimArithmetic.combine(room, step, (n, by) -> n.floorDiv(by).plus(1));
              Dim bins = oneSided ? DimArithmetic.map(frame, n -> n.floorDiv(2).plus(1)) : frame;
              return Shape.of(List.of(input.dim(0), frames, bins, Dim.of(2)));
            }));
  }

  private static Dim size(ShapeContext context, int input) {
    return context
        .integers(input)
        .flatMap(known -> known.element(0))
        .map(DimExpression::toDim)
        .orElseGet(Dim::unknown);
  }
}
