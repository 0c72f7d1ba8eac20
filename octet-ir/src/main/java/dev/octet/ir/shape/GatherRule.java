package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `Gather`, `GatherElements`, `GatherND`.
final class GatherRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Gather", "GatherElements", "GatherND", "com.microsoft:GatherND");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<Shape> data = context.shape(0);
    Optional<Shape> indices = context.shape(1);
    return switch (context.node().opType()) {
      case "GatherElements" -> context.likeInput(indices);
      case "Gather" -> gather(context, data, indices);
      default -> gatherNd(context, data, indices);
    };
  }

  private static ShapeOutcome gather(
      ShapeContext context, Optional<Shape> data, Optional<Shape> indices) {
    if (data.isEmpty() || indices.isEmpty()) {
      return context.likeInput(Optional.empty());
    }
    int axis = context.axis(context.node().intAttribute("axis", 0), data.get().rank());
    List<Dim> dims = new ArrayList<>(data.get().dims().subList(0, axis));
    dims.addAll(indices.get().dims());
    dims.addAll(data.get().dims().subList(axis + 1, data.get().rank()));
    Shape shape = Shape.of(dims);
    return context.likeInput(
        shape,
        context
            .integers(0)
            .flatMap(
                elements ->
                    context
                        .integers(1)
                        .filter(positions -> positions.numbers().isPresent())
                        .flatMap(positions -> picked(elements, positions, axis, shape))));
  }

  private static Optional<KnownIntegers> picked(
      KnownIntegers elements, KnownIntegers positions, int axis, Shape shape) {
    long[] wanted = positions.numbers().orElseThrow();
    long size = elements.shape().sizes()[axis];
    for (long position : wanted) {
      if (position < -size || position >= size) {
        throw new ImpossibleShape("element " + position + " of " + size);
      }
    }
    return elements.pick(
        shape,
        index -> {
          int[] own = new int[elements.rank()];
          int[] at = Arrays.copyOfRange(index, axis, axis + positions.rank());
          long position = wanted[positions.position(at)];
          System.arraycopy(index, 0, own, 0, axis);
          own[axis] = (int) (position < 0 ? position + size : position);
          System.arraycopy(index, axis + positions.rank(), own, axis + 1, own.length - axis - 1);
          return elements.position(own);
        });
  }

  private static ShapeOutcome gatherNd(
      ShapeContext context, Optional<Shape> data, Optional<Shape> indices) {
    if (data.isEmpty() || indices.isEmpty()) {
      return context.likeInput(Optional.empty());
    }
    int batch = (int) context.node().intAttribute("batch_dims", 0);
    if (!(indices.get().dims().getLast() instanceof Dim.Known(long depth))) {
      return context.likeInput(Optional.empty());
    }
    List<Dim> dims = new ArrayList<>(indices.get().dims().subList(0, indices.get().rank() - 1));
    dims.addAll(data.get().dims().subList(batch + (int) depth, data.get().rank()));
    return context.likeInput(Optional.of(Shape.of(dims)));
  }
}
