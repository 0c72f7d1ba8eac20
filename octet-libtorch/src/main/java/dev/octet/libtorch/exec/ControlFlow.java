package dev.octet.libtorch.exec;

import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.BodyNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/// Higher-order operators: those that take graphs as arguments.
final class ControlFlow {
  private ControlFlow() {}

  /// A graph that can be run on operands.
  interface Body {
    /// Runs it.
    ///
    /// @param part which of its uses this is, where the operator has several; see [BodyNames]
    /// @param round counted from 0
    List<TorchValue> run(String part, long round, List<TorchValue> operands);

    /// Runs it in a round of a loop.
    default List<TorchValue> run(long round, List<TorchValue> operands) {
      return run("", round, operands);
    }

    /// Runs it once.
    default List<TorchValue> run(List<TorchValue> operands) {
      return run(0, operands);
    }
  }

  /// A higher-order operator.
  interface Form {
    /// Calls it.
    ///
    /// @param bodies the graphs passed, in order
    /// @param arguments the other arguments in order
    List<TorchValue> call(List<Body> bodies, List<TorchValue> arguments);
  }

  /// The operator of this name; empty when it is none of these.
  static Optional<Form> find(AtenOp op) {
    if (!op.namespace().equals("higher_order")) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (op.name()) {
          case "cond" ->
              (bodies, arguments) ->
                  bodies.get(arguments.get(0).asBool() ? 0 : 1).run(operands(arguments, 1));
          case "while_loop" -> ControlFlow::whileLoop;
          case "map_impl", "map" -> ControlFlow::map;
          case "scan" -> ControlFlow::scan;
          case "invoke_subgraph" ->
              (bodies, arguments) ->
                  bodies.getFirst().run(flattened(arguments.subList(1, arguments.size())));
          case "wrap_with_set_grad_enabled", "wrap_with_autocast" ->
              (bodies, arguments) -> bodies.getFirst().run(tensorsOf(arguments));
          default -> null;
        });
  }

  private static List<TorchValue> whileLoop(List<Body> bodies, List<TorchValue> arguments) {
    List<TorchValue> carried = operands(arguments, 0);
    List<TorchValue> additional = operands(arguments, 1);
    for (long round = 0; goesOn(bodies.get(0), round, joined(carried, additional)); round++) {
      List<TorchValue> before = carried;
      carried = bodies.get(1).run(round, joined(before, additional));
      if (round > 0) {
        free(before, List.of());
      }
    }
    return carried.stream().map(ControlFlow::fresh).toList();
  }

  private static boolean goesOn(Body condition, long round, List<TorchValue> operands) {
    String part = round == 0 ? BodyNames.before("") : BodyNames.after("");
    return condition.run(part, round, operands).getFirst().asBool();
  }

  private static List<TorchValue> map(List<Body> bodies, List<TorchValue> arguments) {
    List<TorchValue> sequences = operands(arguments, 0);
    List<List<TorchValue>> steps = new ArrayList<>();
    for (long i = 0; i < length(sequences); i++) {
      steps.add(bodies.getFirst().run(i, joined(slices(sequences, i), operands(arguments, 1))));
    }
    return stacked(steps, 0);
  }

  private static List<TorchValue> scan(List<Body> bodies, List<TorchValue> arguments) {
    List<TorchValue> carried = operands(arguments, 0);
    List<TorchValue> sequences = operands(arguments, 1);
    List<List<TorchValue>> steps = new ArrayList<>();
    int carries = carried.size();
    for (long i = 0; i < length(sequences); i++) {
      List<TorchValue> step =
          bodies
              .getFirst()
              .run(i, joined(joined(carried, slices(sequences, i)), operands(arguments, 2)));
      if (i > 0) {
        free(carried, steps.getLast().subList(carries, step.size()));
      }
      carried = step.subList(0, carries);
      steps.add(step);
    }
    return joined(carried.stream().map(ControlFlow::fresh).toList(), stacked(steps, carries));
  }

  /// Lets go of what a body gave and the next round has read. A body never returns the very handles
  /// it was passed.
  ///
  /// @param kept what the same round gave besides
  private static void free(List<TorchValue> carried, List<TorchValue> kept) {
    for (TorchValue value : carried.stream().distinct().toList()) {
      if (value instanceof TorchValue.OfTensor(Tensor tensor) && !kept.contains(value)) {
        tensor.close();
      }
    }
  }

  private static long length(List<TorchValue> sequences) {
    return sequences.getFirst().asTensor().size(0);
  }

  private static List<TorchValue> slices(List<TorchValue> sequences, long index) {
    return sequences.stream()
        .map(sequence -> TorchValue.of(sequence.asTensor().select(0, index)))
        .toList();
  }

  private static List<TorchValue> stacked(List<List<TorchValue>> steps, int from) {
    List<TorchValue> results = new ArrayList<>();
    for (int result = from; !steps.isEmpty() && result < steps.getFirst().size(); result++) {
      int index = result;
      TorchValue all = TorchValue.ofList(steps.stream().map(step -> step.get(index)).toList());
      results.addAll(Operator.require("aten::stack", "").call(all));
    }
    return results;
  }

  private static List<TorchValue> operands(List<TorchValue> arguments, int index) {
    return index < arguments.size() ? arguments.get(index).asList() : List.of();
  }

  private static List<TorchValue> flattened(List<TorchValue> arguments) {
    List<TorchValue> all = new ArrayList<>();
    for (TorchValue argument : arguments) {
      if (argument instanceof TorchValue.OfList(List<TorchValue> values)) {
        all.addAll(values);
      } else {
        all.add(argument);
      }
    }
    return all;
  }

  private static List<TorchValue> tensorsOf(List<TorchValue> arguments) {
    return flattened(arguments).stream().filter(TorchValue.OfTensor.class::isInstance).toList();
  }

  private static List<TorchValue> joined(List<TorchValue> first, List<TorchValue> second) {
    List<TorchValue> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static TorchValue fresh(TorchValue value) {
    return value instanceof TorchValue.OfTensor(Tensor tensor)
        ? TorchValue.of(new Tensor(tensor))
        : value;
  }
}
