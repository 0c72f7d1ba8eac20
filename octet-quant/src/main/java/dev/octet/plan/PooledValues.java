package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// Values whose codes a `MaxPool` would get: those it reads and gives, and what operators that only
/// move elements make of these. ONNX Runtime's optimizer carries codes through such operators in
/// both directions, whether or not the file does, and does not ask whether a `MaxPool` takes them.
final class PooledValues {
  private static final Set<String> CARRYING =
      Set.of("MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice");

  private final Set<Value> values = new HashSet<>();

  private PooledValues() {}

  static Set<Value> of(ModelFacts facts) {
    PooledValues pooled = new PooledValues();
    facts.nodes().stream().filter(node -> node.is("MaxPool")).forEach(pooled::spreadFrom);
    return pooled.values;
  }

  private void spreadFrom(Node pool) {
    Deque<Node> open = new ArrayDeque<>(Set.of(pool));
    while (!open.isEmpty()) {
      Node node = open.pop();
      Stream.of(node.inputs().getFirst(), node.outputs().getFirst())
          .filter(Objects::nonNull)
          .filter(values::add)
          .flatMap(value -> Stream.concat(value.producer().stream(), readers(value)))
          .filter(next -> CARRYING.stream().anyMatch(next::is))
          .forEach(open::add);
    }
  }

  private static Stream<Node> readers(Value value) {
    return value.uses().stream().map(Use::node).filter(node -> node.inputs().getFirst() == value);
  }
}
