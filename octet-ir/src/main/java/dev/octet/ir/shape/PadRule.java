package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Pad`: begins of all axes, then ends; as attribute (up to opset 10) or input, for some axes only
/// from opset 18 on.
final class PadRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Pad", "com.microsoft:Pad");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<KnownIntegers> pads =
        context.has(1)
            ? context.integers(1)
            : context.node().intsAttribute("pads").map(KnownIntegers::vector);
    boolean axesGiven = context.has(3);
    Optional<long[]> axes = context.numbers(3);
    return context.likeInput(
        input -> {
          List<Dim> dims = new ArrayList<>(input.dims());
          if (pads.isEmpty() || (axesGiven && axes.isEmpty())) {
            return Shape.of(java.util.Collections.nCopies(dims.size(), Dim.unknown()));
          }
          int count = axes.map(found -> found.length).orElse(input.rank());
          if (pads.get().size() != 2 * count) {
            throw new ImpossibleShape(pads.get().size() + " paddings for " + count + " axes");
          }
          for (int i = 0; i < count; i++) {
            int axis = axes.isPresent() ? context.axis(axes.get()[i], input.rank()) : i;
            Dim begin = added(pads.get(), i, dims.get(axis));
            dims.set(axis, added(pads.get(), count + i, begin));
          }
          return Shape.of(dims);
        });
  }

  private static Dim added(KnownIntegers pads, int index, Dim dim) {
    Optional<DimExpression> padding = pads.element(index);
    return padding.isEmpty()
        ? Dim.unknown()
        : DimArithmetic.map(dim, size -> size.plus(padding.get()));
  }
}
