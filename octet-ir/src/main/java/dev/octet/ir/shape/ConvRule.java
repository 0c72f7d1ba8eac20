package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Convolutions over `[N, C, spatial…]` with weights `[M, C/group, kernel…]`.
final class ConvRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "Conv", "ConvInteger", "QLinearConv", "com.microsoft:FusedConv", "com.microsoft:NhwcConv");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    boolean quantized = context.node().opType().equals("QLinearConv");
    Optional<DataType> type =
        switch (context.node().opType()) {
          case "ConvInteger" -> Optional.of(DataType.INT32);
          case "QLinearConv" -> context.dataType(7);
          default -> context.dataType(0).or(() -> context.dataType(1));
        };
    Optional<Shape> weights = context.shape(quantized ? 3 : 1);
    if (context.node().opType().equals("NhwcConv")) {
      // Data [N, spatial…, C]; weights [M, spatial…, C/group].
      return context.tensor(
          type,
          shape(context, context.shape(0).map(ConvRule::first), weights.map(ConvRule::first))
              .map(ConvRule::last));
    }
    return context.tensor(type, shape(context, context.shape(0), weights));
  }

  /// Channels moved from the last axis to the second.
  private static Shape first(Shape shape) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.add(1, dims.removeLast());
    return Shape.of(dims);
  }

  private static Shape last(Shape shape) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.add(dims.remove(1));
    return Shape.of(dims);
  }

  private static Optional<Shape> shape(
      ShapeContext context, Optional<Shape> data, Optional<Shape> weights) {
    int rank = data.or(() -> weights).map(Shape::rank).orElse(0);
    if (rank == 0) {
      return Optional.empty();
    }
    if (rank < 3 || (weights.isPresent() && weights.get().rank() != rank)) {
      throw new ImpossibleShape(
          "input of rank " + rank + " with weights " + weights.map(Shape::toString).orElse("?"));
    }
    checkChannels(context, data, weights);
    Optional<long[]> kernel = kernel(context, weights, rank - 2);
    List<Dim> dims = new ArrayList<>();
    dims.add(data.map(shape -> shape.dim(0)).orElseGet(Dim::unknown));
    dims.add(weights.map(shape -> shape.dim(0)).orElseGet(Dim::unknown));
    for (int axis = 0; axis < rank - 2; axis++) {
      dims.add(
          kernel.isPresent() && data.isPresent()
              ? Window.of(context.node(), kernel.get()).positions(axis, data.get().dim(axis + 2))
              : Dim.unknown());
    }
    return Optional.of(Shape.of(dims));
  }

  private static void checkChannels(
      ShapeContext context, Optional<Shape> data, Optional<Shape> weights) {
    long group = context.node().intAttribute("group", 1);
    if (data.isEmpty()
        || weights.isEmpty()
        || !(weights.get().dim(1) instanceof Dim.Known(long perGroup))) {
      return;
    }
    if (data.get().dim(1) instanceof Dim.Known(long channels) && channels != perGroup * group) {
      throw new ImpossibleShape(
          channels + " input channels with weights for " + perGroup + " in " + group + " groups");
    }
    context.mustBeEqual(data.get().dim(1), Dim.of(perGroup * group));
  }

  private static Optional<long[]> kernel(
      ShapeContext context, Optional<Shape> weights, int spatialAxes) {
    Optional<long[]> stated = context.node().intsAttribute("kernel_shape");
    if (stated.isPresent() && stated.get().length == spatialAxes) {
      return stated;
    }
    return weights
        .map(shape -> Shape.of(shape.dims().subList(2, shape.rank())))
        .filter(Shape::isStatic)
        .map(Shape::sizes);
  }
}
