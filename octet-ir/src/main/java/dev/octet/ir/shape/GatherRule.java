package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    Optional<DataType> type = context.dataType(0);
    Optional<KnownIntegers> elements = context.integers(0).filter(known -> !known.scalar());
    Optional<KnownIntegers> positions = context.integers(1);
    if (type.isPresent()
        && elements.isPresent()
        && positions.flatMap(KnownIntegers::numbers).isPresent()) {
      return ShapeOutcome.of(type.get(), picked(elements.get(), positions.get()));
    }
    if (data.isEmpty() || indices.isEmpty()) {
      return context.likeInput(Optional.empty());
    }
    int axis = context.axis(context.node().intAttribute("axis", 0), data.get().rank());
    List<Dim> dims = new ArrayList<>(data.get().dims().subList(0, axis));
    dims.addAll(indices.get().dims());
    dims.addAll(data.get().dims().subList(axis + 1, data.get().rank()));
    return context.likeInput(Optional.of(Shape.of(dims)));
  }

  private static KnownIntegers picked(KnownIntegers elements, KnownIntegers positions) {
    List<@Nullable DimExpression> picked = new ArrayList<>();
    for (long position : positions.numbers().orElseThrow()) {
      long index = position < 0 ? position + elements.size() : position;
      if (index < 0 || index >= elements.size()) {
        throw new ImpossibleShape("element " + position + " of " + elements.size());
      }
      picked.add(elements.elements().get((int) index));
    }
    return new KnownIntegers(picked, positions.scalar());
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
