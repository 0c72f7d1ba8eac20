package dev.octet.ir.shape;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Sequences and optionals.
final class SequenceRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "ConcatFromSequence",
        "Optional",
        "OptionalGetElement",
        "OptionalHasElement",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SplitToSequence");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    return switch (context.node().opType()) {
      case "SequenceLength" -> ShapeOutcome.of(DataType.INT64, Shape.of());
      case "OptionalHasElement" -> ShapeOutcome.of(DataType.BOOL, Shape.of());
      case "SequenceEmpty" ->
          context
              .dataTypeAttribute("dtype", DataType.FLOAT)
              .<ShapeOutcome>map(type -> sequence(ValueType.tensor(type, null)))
              .orElseGet(() -> ShapeOutcome.unknown("its element type is not one known here"));
      case "SequenceConstruct" -> sequence(joined(context, 0));
      case "SequenceInsert" -> sequence(inserted(context));
      case "SequenceErase" -> ShapeOutcome.of(context.same(0));
      case "SequenceAt" -> element(context);
      case "SplitToSequence" -> split(context);
      case "ConcatFromSequence" -> concat(context);
      case "Optional" -> optional(context);
      default -> optionalElement(context);
    };
  }

  private static ShapeOutcome sequence(@Nullable ValueType element) {
    return ShapeOutcome.of(Output.of(new ValueType.OfSequence(element)));
  }

  private static @Nullable ValueType elementType(ShapeContext context) {
    return context.type(0).orElse(null) instanceof ValueType.OfSequence(ValueType element)
        ? element
        : null;
  }

  private static ShapeOutcome element(ShapeContext context) {
    ValueType element = elementType(context);
    return element == null
        ? ShapeOutcome.unknown("what the sequence holds is not known")
        : ShapeOutcome.of(Output.of(element));
  }

  private static @Nullable ValueType joined(ShapeContext context, int first) {
    ValueType all = context.type(first).orElse(null);
    for (int i = first + 1; i < context.inputCount(); i++) {
      all = TypeJoin.join(all, context.type(i).orElse(null));
    }
    return all;
  }

  private static @Nullable ValueType inserted(ShapeContext context) {
    ValueType element = elementType(context);
    // Into an empty sequence without a stated shape: what is inserted tells nothing about the rest.
    return TypeJoin.join(element, context.type(1).orElse(null));
  }

  private static ShapeOutcome split(ShapeContext context) {
    Optional<DataType> type = context.dataType(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    boolean keep = context.node().intAttribute("keepdims", 1) != 0 || context.has(1);
    Shape shape =
        context
            .shape(0)
            .map(
                input -> {
                  int axis = context.axis(context.node().intAttribute("axis", 0), input.rank());
                  List<Dim> dims = new ArrayList<>(input.dims());
                  if (keep) {
                    dims.set(axis, context.has(1) ? partSize(context, dims.get(axis)) : Dim.of(1));
                  } else {
                    dims.remove(axis);
                  }
                  return Shape.of(dims);
                })
            .orElse(null);
    return sequence(ValueType.tensor(type.get(), shape));
  }

  /// The one size all parts have: what a scalar says when it divides the whole, or what
  /// all elements of a vector say.
  private static Dim partSize(ShapeContext context, Dim whole) {
    Optional<KnownIntegers> sizes = context.integers(1).filter(known -> known.size() > 0);
    if (sizes.isEmpty() || sizes.get().elements().stream().distinct().count() != 1) {
      return Dim.unknown();
    }
    Dim part = sizes.get().dims().getFirst();
    boolean even =
        sizes.get().rank() == 1
            || (part instanceof Dim.Known(long size)
                && whole instanceof Dim.Known(long total)
                && size > 0
                && total % size == 0);
    return even ? part : Dim.unknown();
  }

  private static ShapeOutcome concat(ShapeContext context) {
    if (!(elementType(context) instanceof ValueType.OfTensor(DataType type, Shape shape))) {
      return ShapeOutcome.unknown("what the sequence holds is not known");
    }
    if (shape == null) {
      return ShapeOutcome.of(Output.of(type, null));
    }
    boolean stack = context.node().intAttribute("new_axis", 0) != 0;
    int axis = context.axis(context.node().intAttribute("axis", 0), shape.rank() + (stack ? 1 : 0));
    List<Dim> dims = new ArrayList<>(shape.dims());
    if (stack) {
      dims.add(axis, context.freshDim(0, axis));
    } else {
      dims.set(axis, context.freshDim(0, axis));
    }
    return ShapeOutcome.of(
        Output.of(type, Shape.of(dims)).because("the sequence's length is not known"));
  }

  private static ShapeOutcome optional(ShapeContext context) {
    ValueType element = context.type(0).orElse(null);
    if (element == null
        && context.node().attributes().get("type") instanceof Attribute.OfType(ValueType stated)) {
      element = stated;
    }
    return ShapeOutcome.of(Output.of(new ValueType.OfOptional(element)));
  }

  private static ShapeOutcome optionalElement(ShapeContext context) {
    return switch (context.type(0).orElse(null)) {
      case ValueType.OfOptional(ValueType element) when element != null ->
          ShapeOutcome.of(Output.of(element));
      case ValueType.OfOptional ignored ->
          ShapeOutcome.unknown("what the optional value holds is not known");
      case null -> ShapeOutcome.unknown("nothing is known about its input");
      case ValueType plain ->
          new ShapeOutcome.Inferred(Collections.singletonList(Output.of(plain)));
    };
  }
}
