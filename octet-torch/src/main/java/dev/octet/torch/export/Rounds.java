package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Computations in rounds, each starting from what the last one left → `Loop`.
final class Rounds {
  private static final ValueType ROUND = ValueType.tensor(DataType.INT64, Shape.of());
  private static final ValueType TRUTH = ValueType.tensor(DataType.BOOL, Shape.of());

  private Rounds() {}

  /// What one round computes.
  interface Round {

    /// Adds the nodes of a round.
    ///
    /// @param inside writes to the body
    /// @param index number of the round from 0, an INT64 scalar
    /// @param state what the last round left
    /// @return the next state, then what is collected from every round
    List<Value> of(OnnxNodes inside, Value index, List<Value> state);
  }

  /// Says after a round whether there is to be another one.
  interface Again {

    /// Adds the nodes of a BOOL scalar.
    Value of(OnnxNodes onnx, List<Value> state);
  }

  /// So many rounds.
  ///
  /// @param count number of rounds, an INT64 scalar
  /// @param types element types of what a round returns, the state first
  /// @return the last state, then what was collected, stacked along a new first axis
  static List<Value> counted(
      OnnxNodes onnx, Value count, List<Value> initial, List<DataType> types, Round round) {
    OnnxNodes inside = onnx.inside("body");
    Value index = inside.input("round", ROUND);
    Value goOn = inside.input("go_on", TRUTH);
    List<Value> results = round.of(inside, index, states(inside, types, initial.size()));
    inside.output(goOn, TRUTH);
    return loop(onnx, count, null, initial, types, inside, results);
  }

  /// Rounds as long as `again` says so, none at all when it does not from the start.
  static List<Value> repeated(
      OnnxNodes onnx, List<Value> initial, List<DataType> types, Again again, Round round) {
    Value first = again.of(onnx, initial);
    OnnxNodes inside = onnx.inside("body");
    Value index = inside.input("round", ROUND);
    inside.input("go_on", TRUTH);
    List<Value> results = round.of(inside, index, states(inside, types, initial.size()));
    inside.output(again.of(inside, results), TRUTH);
    return loop(onnx, null, first, initial, types, inside, results);
  }

  private static List<Value> states(OnnxNodes inside, List<DataType> types, int count) {
    List<Value> states = new ArrayList<>();
    for (DataType type : types.subList(0, count)) {
      states.add(inside.input("state", ValueType.tensor(type, null)));
    }
    return states;
  }

  private static List<Value> loop(
      OnnxNodes onnx,
      @Nullable Value count,
      @Nullable Value first,
      List<Value> initial,
      List<DataType> types,
      OnnxNodes inside,
      List<Value> results) {
    for (int i = 0; i < results.size(); i++) {
      inside.output(results.get(i), ValueType.tensor(types.get(i), null));
    }
    List<@Nullable Value> inputs = new ArrayList<>();
    inputs.add(count);
    inputs.add(first);
    inputs.addAll(initial);
    return onnx.add(
        NodeSpec.of("Loop").inputs(inputs).attribute("body", Attribute.of(inside.graph())),
        results.size());
  }
}
