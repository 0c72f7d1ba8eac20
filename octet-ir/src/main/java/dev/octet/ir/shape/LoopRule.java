package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `Loop`. Body inputs: iteration number, condition, carried values. Body outputs: condition,
/// carried values, then one slice of each scanned output.
final class LoopRule implements ShapeRule {
  private static final List<ValueType> HEAD =
      List.of(
          ValueType.tensor(DataType.INT64, Shape.of()),
          ValueType.tensor(DataType.BOOL, Shape.of()));

  @Override
  public List<String> operators() {
    return List.of("Loop");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Graph body = context.subgraph("body");
    int carried = Math.max(0, context.inputCount() - 2);
    List<@Nullable ValueType> state = new ArrayList<>();
    for (int i = 0; i < carried; i++) {
      state.add(context.type(i + 2).orElse(null));
    }
    List<@Nullable Output> results =
        new CarriedState(context, body, HEAD, List.of(), 1).settle(state);
    List<@Nullable Output> outputs = new ArrayList<>();
    for (int i = 0; i < carried; i++) {
      ValueType type = carriedOut(state.get(i), i + 1 < results.size() ? results.get(i + 1) : null);
      outputs.add(
          type == null ? null : Output.of(type).because("its size changes from round to round"));
    }
    for (int i = carried + 1; i < results.size(); i++) {
      outputs.add(stacked(results.get(i), rounds(context, i - 1)));
    }
    return new ShapeOutcome.Inferred(withoutNeedlessReasons(outputs));
  }

  /// A value that starts as an optional is none any more once the body has yielded one.
  private static @Nullable ValueType carriedOut(@Nullable ValueType state, @Nullable Output last) {
    return state instanceof ValueType.OfOptional
            && last != null
            && !(last.type() instanceof ValueType.OfOptional)
        ? last.type()
        : state;
  }

  /// One more axis for the rounds; their number may be known when nothing ends the loop early.
  private static @Nullable Output stacked(@Nullable Output slice, Dim count) {
    if (slice == null || !(slice.type() instanceof ValueType.OfTensor(var type, var shape))) {
      return null;
    }
    if (shape == null) {
      return Output.of(type, null);
    }
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.addFirst(count);
    Output output = Output.of(type, Shape.of(dims));
    return FreshDims.isIn(count)
        ? output.because("how often the loop runs depends on data")
        : output;
  }

  private static Dim rounds(ShapeContext context, int output) {
    boolean endless =
        !context.has(1)
            || context
                .integers(1)
                .flatMap(truth -> truth.element(0))
                .filter(t -> t.is(1))
                .isPresent();
    if (endless && context.has(0) && keepsCondition(context)) {
      Dim count =
          context
              .integers(0)
              .flatMap(known -> known.element(0))
              .map(DimExpression::toDim)
              .orElseGet(Dim::unknown);
      if (!(count instanceof Dim.Unknown)) {
        return count;
      }
    }
    return context.freshDim(output, 0);
  }

  /// Whether the body hands its condition on as it is, or makes it a constant `true`.
  private static boolean keepsCondition(ShapeContext context) {
    Graph body = context.subgraph("body");
    var condition = body.outputs().getFirst();
    if (body.inputs().size() > 1 && condition.equals(body.inputs().get(1))) {
      return true;
    }
    return condition
            .producer()
            .filter(
                producer ->
                    producer.is("Identity")
                        && body.inputs().size() > 1
                        && producer.input(0).filter(body.inputs().get(1)::equals).isPresent())
            .isPresent()
        || context.isAlwaysTrue(condition);
  }

  private static List<@Nullable Output> withoutNeedlessReasons(List<@Nullable Output> outputs) {
    List<@Nullable Output> cleaned = new ArrayList<>();
    for (Output output : outputs) {
      boolean needless =
          output != null
              && ShapeCounts.isFull(java.util.Optional.of(output.type()))
              && !(output.reason() != null && output.reason().startsWith("how often"));
      cleaned.add(output != null && needless ? Output.of(output.type()) : output);
    }
    return cleaned;
  }
}
