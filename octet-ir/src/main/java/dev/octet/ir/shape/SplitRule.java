package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `Split` into stated sizes (attribute up to opset 12, input from 13 on) or equal parts.
final class SplitRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Split");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    Optional<Shape> input = context.shape(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    int parts = context.outputCount();
    List<@Nullable Output> outputs = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int part = i;
      Shape shape = input.map(whole -> part(context, whole, part, parts)).orElse(null);
      outputs.add(Output.of(type.get(), shape));
    }
    if (input.isPresent()) {
      addElements(context, outputs);
    }
    return new ShapeOutcome.Inferred(outputs);
  }

  /// Parts of a known vector are known.
  private static void addElements(ShapeContext context, List<@Nullable Output> outputs) {
    Optional<KnownIntegers> elements = context.integers(0).filter(known -> known.rank() == 1);
    int first = 0;
    for (int i = 0; i < outputs.size() && elements.isPresent(); i++) {
      Output output = outputs.get(i);
      if (output == null
          || !(output.type() instanceof ValueType.OfTensor(var _, Shape shape))
          || shape == null
          || !shape.isStatic()) {
        return;
      }
      int end = first + Math.toIntExact(shape.sizes()[0]);
      KnownIntegers part = KnownIntegers.vector(elements.get().elements().subList(first, end));
      outputs.set(i, new Output(output.type(), part, null));
      first = end;
    }
  }

  private static Shape part(ShapeContext context, Shape whole, int part, int parts) {
    int axis = context.axis(context.node().intAttribute("axis", 0), whole.rank());
    Optional<KnownIntegers> sizes =
        context.has(1)
            ? context.integers(1)
            : context.node().intsAttribute("split").map(KnownIntegers::vector);
    Dim size;
    if (sizes.isPresent()) {
      if (sizes.get().size() != parts) {
        throw new ImpossibleShape(sizes.get().size() + " sizes for " + parts + " outputs");
      }
      size = sizes.get().dims().get(part);
    } else if (context.has(1)) {
      size = Dim.unknown();
    } else {
      // Equal parts; the last one may be smaller (opset 18).
      Dim each = DimArithmetic.map(whole.dim(axis), total -> total.ceilDiv(parts));
      size =
          part < parts - 1
              ? each
              : DimArithmetic.combine(
                  whole.dim(axis), each, (total, chunk) -> total.minus(chunk.times(parts - 1)));
    }
    List<Dim> dims = new ArrayList<>(whole.dims());
    dims.set(axis, size);
    return Shape.of(dims);
  }
}
