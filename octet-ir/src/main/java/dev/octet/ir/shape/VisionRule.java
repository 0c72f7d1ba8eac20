package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sampling and region operators on images.
final class VisionRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "AffineGrid",
        "CenterCropPad",
        "Col2Im",
        "DeformConv",
        "GridSample",
        "ImageDecoder",
        "MaxRoiPool",
        "MaxUnpool",
        "RoiAlign");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    Optional<Shape> input = context.shape(0);
    Optional<Shape> second = context.shape(1);
    return switch (node.opType()) {
      case "GridSample" ->
          context.likeInput(
              both(
                  input,
                  second,
                  (image, grid) -> {
                    List<Dim> dims = new ArrayList<>(image.dims().subList(0, 2));
                    dims.addAll(grid.dims().subList(1, grid.rank() - 1));
                    return Shape.of(dims);
                  }));
      case "RoiAlign" ->
          context.likeInput(
              both(
                  input,
                  second,
                  (image, regions) ->
                      Shape.of(
                          List.of(
                              DimArithmetic.unify(
                                  regions.dim(0),
                                  context.shape(2).map(s -> s.dim(0)).orElseGet(Dim::unknown)),
                              image.dim(1),
                              Dim.of(node.intAttribute("output_height", 1)),
                              Dim.of(node.intAttribute("output_width", 1))))));
      case "MaxRoiPool" -> {
        long[] pooled = node.intsAttribute("pooled_shape").orElse(new long[] {1, 1});
        yield context.likeInput(
            both(
                input,
                second,
                (image, regions) ->
                    Shape.of(
                        List.of(
                            regions.dim(0), image.dim(1), Dim.of(pooled[0]), Dim.of(pooled[1])))));
      }
      case "DeformConv" -> deformConv(context);
      case "AffineGrid" -> affineGrid(context);
      case "CenterCropPad" -> centerCropPad(context);
      case "Col2Im" -> col2Im(context);
      case "MaxUnpool" -> maxUnpool(context);
      default ->
          ShapeOutcome.of(
              ShapeOutcome.Output.of(
                      DataType.UINT8,
                      Shape.of(
                          List.of(
                              context.freshDim(0, 0),
                              context.freshDim(0, 1),
                              Dim.of(
                                  node.stringAttribute("pixel_format", "RGB").equals("Grayscale")
                                      ? 1
                                      : 3))))
                  .because("an image's size is in its data"));
    };
  }

  private static ShapeOutcome deformConv(ShapeContext context) {
    Optional<Shape> weights = context.shape(1);
    return context.likeInput(
        both(
            context.shape(0),
            weights,
            (input, kernel) -> {
              Shape spatial = Shape.of(kernel.dims().subList(2, kernel.rank()));
              long[] sizes = context.node().intsAttribute("kernel_shape").orElse(null);
              if (sizes == null && !spatial.isStatic()) {
                return null;
              }
              Window window = Window.of(context.node(), sizes == null ? spatial.sizes() : sizes);
              List<Dim> dims = new ArrayList<>(List.of(input.dim(0), kernel.dim(0)));
              for (int i = 0; i < window.axes(); i++) {
                dims.add(window.positions(i, input.dim(i + 2)));
              }
              return Shape.of(dims);
            }));
  }

  /// Size `[N, C, spatial…]` as data, to `[N, spatial…, axes]`.
  private static ShapeOutcome affineGrid(ShapeContext context) {
    Optional<Shape> shape =
        context
            .integers(1)
            .filter(size -> size.size() > 2)
            .map(
                size -> {
                  List<Dim> dims = new ArrayList<>(size.dims());
                  dims.remove(1);
                  dims.add(Dim.of(size.size() - 2));
                  return Shape.of(dims);
                })
            .or(
                () ->
                    ExpandRule.ofRankIn(context, 1)
                        .filter(size -> size.rank() > 2)
                        .map(size -> withLast(size, Dim.of(size.rank() - 2))));
    return context.likeInput(shape);
  }

  private static ShapeOutcome centerCropPad(ShapeContext context) {
    Optional<KnownIntegers> target = context.integers(1);
    long[] axes = context.node().intsAttribute("axes").orElse(null);
    return context.likeInput(
        input -> {
          List<Dim> dims = new ArrayList<>(input.dims());
          int count = axes == null ? dims.size() : axes.length;
          for (int i = 0; i < count; i++) {
            int axis = axes == null ? i : context.axis(axes[i], dims.size());
            dims.set(axis, target.isPresent() ? target.get().dims().get(i) : Dim.unknown());
          }
          return Shape.of(dims);
        });
  }

  private static Shape withLast(Shape shape, Dim last) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.set(dims.size() - 1, last);
    return Shape.of(dims);
  }

  /// `[N, C * block, L]` to `[N, C, image…]`.
  private static ShapeOutcome col2Im(ShapeContext context) {
    Optional<KnownIntegers> image = context.integers(1);
    Optional<DimExpression> block =
        context.integers(2).flatMap(size -> DimArithmetic.product(size.dims()));
    Optional<Shape> spatial =
        image.map(size -> Shape.of(size.dims())).or(() -> ExpandRule.ofRankIn(context, 1));
    return context.likeInput(
        context
            .shape(0)
            .filter(_ -> spatial.isPresent())
            .map(
                input -> {
                  List<Dim> dims = new ArrayList<>();
                  dims.add(input.dim(0));
                  dims.add(
                      block
                          .map(by -> DimArithmetic.map(input.dim(1), n -> n.floorDiv(by)))
                          .orElseGet(Dim::unknown));
                  dims.addAll(spatial.orElseThrow().dims());
                  return Shape.of(dims);
                }));
  }

  private static ShapeOutcome maxUnpool(ShapeContext context) {
    if (context.has(2)) {
      return context.likeInput(
          context
              .integers(2)
              .map(size -> Shape.of(size.dims()))
              .or(() -> ExpandRule.ofRankIn(context, 2)));
    }
    return context.likeInput(
        input -> {
          long[] kernel =
              context
                  .node()
                  .intsAttribute("kernel_shape")
                  .orElseThrow(() -> new ImpossibleShape("kernel_shape is missing"));
          Window window = Window.of(context.node(), kernel);
          List<Dim> dims = new ArrayList<>(input.dims());
          for (int i = 0; i < kernel.length; i++) {
            long extra = kernel[i] - window.padding(i);
            long stride = window.stride(i);
            dims.set(
                i + 2,
                DimArithmetic.map(dims.get(i + 2), n -> n.plus(-1).times(stride).plus(extra)));
          }
          return Shape.of(dims);
        });
  }

  private interface Combination {
    @Nullable Shape of(Shape first, Shape second);
  }

  private static Optional<Shape> both(
      Optional<Shape> first, Optional<Shape> second, Combination combination) {
    return first.isPresent() && second.isPresent()
        ? Optional.ofNullable(combination.of(first.get(), second.get()))
        : Optional.empty();
  }
}
