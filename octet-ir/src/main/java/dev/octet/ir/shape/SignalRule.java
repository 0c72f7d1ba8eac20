package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
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
          Dim last = oneSided && inverse ? Dim.of(1) : Dim.of(2);
          dims.set(dims.size() - 1, last);
          boolean keepsLength = !oneSided && !context.has(1);
          if (stated.isEmpty() && !keepsLength) {
            // Which axis changes is not known, so none is.
            List<Dim> unknown = new ArrayList<>(Collections.nCopies(dims.size(), Dim.unknown()));
            unknown.set(dims.size() - 1, last);
            return Shape.of(unknown);
          }
          if (stated.isPresent()) {
            int axis = context.axis(stated.get()[0], dims.size());
            dims.set(axis, spectrum(context, dims.get(axis), oneSided, inverse));
          }
          return Shape.of(dims);
        });
  }

  /// A one-sided spectrum of a signal of n values has n/2+1; its inverse counts back.
  private static Dim spectrum(ShapeContext context, Dim length, boolean oneSided, boolean inverse) {
    Dim stated = context.has(1) ? size(context, 1) : length;
    if (!oneSided) {
      return stated;
    }
    if (inverse) {
      return context.has(1) ? stated : DimArithmetic.map(length, n -> n.plus(-1).times(2));
    }
    return DimArithmetic.map(stated, n -> n.floorDiv(2).plus(1));
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
