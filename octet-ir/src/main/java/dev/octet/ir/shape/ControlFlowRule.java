package dev.octet.ir.shape;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `If`, `Loop` and `Scan`: outputs hold what their subgraphs' outputs hold.
final class ControlFlowRule implements ShapeRule {
  /// Rounds after which a loop's carried shapes are given up on; each round can only forget.
  private static final int MAX_ROUNDS = 10;

  @Override
  public List<String> operators() {
    return List.of("If", "Loop", "Scan");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    return switch (context.node().opType()) {
      case "If" -> branches(context);
      case "Loop" -> loop(context);
      default -> scan(context);
    };
  }

  private static ShapeOutcome branches(ShapeContext context) {
    List<Optional<ValueType>> yes = context.inferSubgraph(graph(context, "then_branch"), List.of());
    List<Optional<ValueType>> no = context.inferSubgraph(graph(context, "else_branch"), List.of());
    List<@Nullable Output> outputs = new ArrayList<>();
    for (int i = 0; i < Math.min(yes.size(), no.size()); i++) {
      ValueType joined = join(yes.get(i).orElse(null), no.get(i).orElse(null));
      outputs.add(joined == null ? null : Output.of(joined));
    }
    return new ShapeOutcome.Inferred(outputs);
  }

  /// Body inputs: iteration number, condition, carried values. Body outputs: condition, carried
  /// values, then one slice of each scanned output.
  private static ShapeOutcome loop(ShapeContext context) {
    Graph body = graph(context, "body");
    int carried = Math.max(0, context.inputCount() - 2);
    List<@Nullable ValueType> state = new ArrayList<>();
    for (int i = 0; i < carried; i++) {
      state.add(context.type(i + 2).orElse(null));
    }
    List<Optional<ValueType>> results = settle(context, body, state, loopHead(), 1);
    List<@Nullable Output> outputs = new ArrayList<>();
    state.forEach(type -> outputs.add(type == null ? null : Output.of(type)));
    for (int i = carried + 1; i < results.size(); i++) {
      outputs.add(stacked(results.get(i), context.freshDim(i - 1, 0)));
    }
    return new ShapeOutcome.Inferred(outputs);
  }

  private static List<ValueType> loopHead() {
    return List.of(
        ValueType.tensor(DataType.INT64, Shape.of()), ValueType.tensor(DataType.BOOL, Shape.of()));
  }

  /// Infers the body until carried types no longer change, forgetting dimensions that do.
  private static List<Optional<ValueType>> settle(
      ShapeContext context,
      Graph body,
      List<@Nullable ValueType> state,
      List<? extends @Nullable ValueType> others,
      int firstState) {
    boolean stateFirst = firstState == 0;
    for (int round = 0; ; round++) {
      List<@Nullable ValueType> in = new ArrayList<>(stateFirst ? state : others);
      in.addAll(stateFirst ? others : state);
      List<Optional<ValueType>> out = context.inferSubgraph(body, in);
      boolean changed = false;
      for (int i = 0; i < state.size(); i++) {
        ValueType before = state.get(i);
        ValueType after = i + firstState < out.size() ? out.get(i + firstState).orElse(null) : null;
        ValueType joined = round < MAX_ROUNDS ? join(before, after) : null;
        changed |= joined == null ? before != null : !joined.equals(before);
        state.set(i, joined);
      }
      if (!changed) {
        return out;
      }
    }
  }

  /// Inputs: states, then scanned tensors; scan form of opset 9 and newer.
  private static ShapeOutcome scan(ShapeContext context) {
    if (context.opset() < 9) {
      return ShapeOutcome.unknown("the Scan of opset 8 is not followed");
    }
    Graph body = graph(context, "body");
    int scanned = (int) context.node().intAttribute("num_scan_inputs", 0);
    int states = context.inputCount() - scanned;
    List<@Nullable ValueType> state = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      state.add(context.type(i).orElse(null));
    }
    long[] inputAxes = context.node().intsAttribute("scan_input_axes").orElse(new long[scanned]);
    List<@Nullable ValueType> slices = new ArrayList<>();
    Dim length = Dim.unknown();
    for (int i = 0; i < scanned; i++) {
      ValueType type = context.type(states + i).orElse(null);
      if (type instanceof ValueType.OfTensor(DataType element, Shape shape) && shape != null) {
        int axis = context.axis(inputAxes[i], shape.rank());
        length = DimArithmetic.unify(length, shape.dim(axis));
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.remove(axis);
        slices.add(ValueType.tensor(element, Shape.of(dims)));
      } else {
        slices.add(type);
      }
    }
    List<Optional<ValueType>> results = settle(context, body, state, slices, 0);
    List<@Nullable Output> outputs = new ArrayList<>();
    state.forEach(type -> outputs.add(type == null ? null : Output.of(type)));
    boolean plainAxes = context.node().intsAttribute("scan_output_axes").isEmpty();
    for (int i = states; i < results.size(); i++) {
      outputs.add(stacked(plainAxes ? results.get(i) : withoutShape(results.get(i)), length));
    }
    return new ShapeOutcome.Inferred(outputs);
  }

  private static Optional<ValueType> withoutShape(Optional<ValueType> type) {
    return type.map(
        found ->
            found instanceof ValueType.OfTensor(DataType element, var shape)
                ? ValueType.tensor(element, null)
                : found);
  }

  private static @Nullable Output stacked(Optional<ValueType> slice, Dim count) {
    if (slice.orElse(null) instanceof ValueType.OfTensor(DataType type, Shape shape)) {
      if (shape == null) {
        return Output.of(type, null);
      }
      List<Dim> dims = new ArrayList<>(shape.dims());
      dims.addFirst(count);
      return Output.of(type, Shape.of(dims));
    }
    return null;
  }

  private static @Nullable ValueType join(@Nullable ValueType left, @Nullable ValueType right) {
    if (left == null || right == null || left.equals(right)) {
      return left == null ? null : right == null ? null : left;
    }
    if (left instanceof ValueType.OfTensor(DataType type, Shape a)
        && right instanceof ValueType.OfTensor(DataType other, Shape b)
        && type == other) {
      return ValueType.tensor(
          type, a == null || b == null ? null : DimArithmetic.join(a, b).orElse(null));
    }
    return null;
  }

  private static Graph graph(ShapeContext context, String name) {
    if (context.node().attributes().get(name) instanceof Attribute.OfGraph(Graph graph)) {
      return graph;
    }
    throw new ImpossibleShape("subgraph '" + name + "' is missing");
  }
}
