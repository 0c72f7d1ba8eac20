package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Types of the values a loop's body hands to its next round: whatever holds in every round.
final class CarriedState {
  /// Rounds after which carried shapes are given up on; each round can only forget.
  private static final int MAX_ROUNDS = 10;

  private final ShapeContext context;
  private final Graph body;
  private final List<? extends @Nullable ValueType> before;
  private final List<? extends @Nullable ValueType> after;
  private final int firstResult;

  /// @param before types of the body's inputs before the state
  /// @param after types of those after it
  /// @param firstResult position of the first state among the body's outputs
  CarriedState(
      ShapeContext context,
      Graph body,
      List<? extends @Nullable ValueType> before,
      List<? extends @Nullable ValueType> after,
      int firstResult) {
    this.context = context;
    this.body = body;
    this.before = before;
    this.after = after;
    this.firstResult = firstResult;
  }

  /// Infers the body until `state` no longer changes, forgetting dimensions that do.
  ///
  /// @param state types the state starts with; on return, those it has in every round
  /// @return what the body's outputs hold
  List<@Nullable Output> settle(List<@Nullable ValueType> state) {
    List<Value> inputs = body.inputs();
    for (int i = 0; i < state.size() && before.size() + i < inputs.size(); i++) {
      ValueType stated = inputs.get(before.size() + i).type().orElse(null);
      state.set(i, atStart(state.get(i), stated));
    }
    for (int round = 0; ; round++) {
      List<@Nullable ValueType> in = new ArrayList<>(before);
      in.addAll(state);
      in.addAll(after);
      List<@Nullable Output> out = context.inferSubgraph(body, in);
      boolean changed = false;
      for (int i = 0; i < state.size(); i++) {
        ValueType start = state.get(i);
        Output result = i + firstResult < out.size() ? out.get(i + firstResult) : null;
        ValueType joined =
            round < MAX_ROUNDS && result != null ? TypeJoin.join(start, result.type()) : null;
        changed |= joined == null ? start != null : !joined.equals(start);
        state.set(i, joined);
      }
      if (!changed) {
        return out;
      }
    }
  }

  /// What a state is given at first, with the sizes that the body states for its input: they hold
  /// from the first round on.
  private static @Nullable ValueType atStart(
      @Nullable ValueType given, @Nullable ValueType stated) {
    if (given == null) {
      return stated;
    }
    if (!(stated instanceof ValueType.OfTensor(var type, Shape shape))
        || !(given instanceof ValueType.OfTensor(var givenType, Shape sizes))
        || shape == null
        || sizes == null
        || givenType != type
        || sizes.rank() != shape.rank()) {
      return given;
    }
    List<Dim> dims = new ArrayList<>(sizes.dims());
    for (int axis = 0; axis < dims.size(); axis++) {
      if (shape.dim(axis) instanceof Dim.Known known && !(dims.get(axis) instanceof Dim.Known)) {
        dims.set(axis, known);
      }
    }
    return ValueType.tensor(type, Shape.of(dims));
  }
}
