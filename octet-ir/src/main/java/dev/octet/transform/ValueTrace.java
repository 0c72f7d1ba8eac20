package dev.octet.transform;

import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Follows a program's tensors through rewrites that keep what the model computes but may change
/// what single values hold.
///
/// A value still holds its tensor when the same node computes it, with the same constants and
/// attributes and under the same name: a rewrite that makes a value hold something else renames it.
/// One that is gone is found again at what its reader reads now, if that reader is still the same.
final class ValueTrace {
  private final Map<String, Origin> origins;

  private record Origin(Value value, Step producer, List<Reader> readers) {}

  private record Reader(Step step, int index) {}

  // A node, and at the start its attributes, the data of its constant operands, and the names of
  // its results.
  private record Step(
      @Nullable Node node,
      Map<String, Attribute> attributes,
      List<Optional<Tensor>> constants,
      List<String> results) {
    static Step of(@Nullable Node node) {
      return node == null
          ? new Step(null, Map.of(), List.of(), List.of())
          : new Step(node, new HashMap<>(node.attributes()), constants(node), results(node));
    }

    // Another object is other data: the rewrite had a reason to replace it.
    @SuppressWarnings("ReferenceEquality")
    boolean isUnchanged(Set<Node> present) {
      if (node == null) {
        return true;
      }
      if (!present.contains(node)
          || !attributes.equals(node.attributes())
          || !(results.equals(results(node)) || node.outputs().stream().anyMatch(Step::isOutput))) {
        return false;
      }
      List<Optional<Tensor>> now = constants(node);
      if (now.size() != constants.size()) {
        return false;
      }
      for (int i = 0; i < now.size(); i++) {
        if (now.get(i).orElse(null) != constants.get(i).orElse(null)) {
          return false;
        }
      }
      return true;
    }

    // What becomes an output takes the name that callers know.
    private static boolean isOutput(@Nullable Value value) {
      return value != null && value.isGraphOutput();
    }

    private static List<String> results(Node node) {
      return node.outputs().stream().map(value -> value == null ? "" : value.name()).toList();
    }

    // What control flow starts from may be computed beforehand without its results being others.
    private static List<Optional<Tensor>> constants(Node node) {
      List<Optional<Tensor>> data = new ArrayList<>();
      if (!node.subgraphs().isEmpty()) {
        return data;
      }
      for (Value input : node.inputs()) {
        data.add(input == null ? Optional.empty() : input.initializer());
      }
      return data;
    }
  }

  private ValueTrace(Map<String, Origin> origins) {
    this.origins = origins;
  }

  /// Notes where each tensor is now, before the rewrites.
  static ValueTrace of(Map<String, Value> tensors) {
    Map<String, Origin> origins = new LinkedHashMap<>();
    tensors.forEach(
        (name, value) -> {
          if (value.initializer().isEmpty()) {
            List<Reader> readers = new ArrayList<>();
            for (Use use : value.uses()) {
              readers.add(new Reader(Step.of(use.node()), use.index()));
            }
            origins.put(name, new Origin(value, Step.of(value.producer().orElse(null)), readers));
          }
        });
    return new ValueTrace(origins);
  }

  /// Tensors that some value of the rewritten model holds, in the order given.
  Map<String, Value> held(Model model) {
    Set<Node> present = new HashSet<>();
    Set<Value> values = new HashSet<>();
    for (Graph graph : model.graphs()) {
      present.addAll(graph.nodes());
      values.addAll(graph.values());
    }
    Map<String, Value> held = new LinkedHashMap<>();
    origins.forEach(
        (name, origin) -> find(origin, present, values).ifPresent(value -> held.put(name, value)));
    return held;
  }

  private static Optional<Value> find(Origin origin, Set<Node> present, Set<Value> values) {
    boolean sameProducer = origin.producer().node() == origin.value().producer().orElse(null);
    if (values.contains(origin.value()) && sameProducer && origin.producer().isUnchanged(present)) {
      return Optional.of(origin.value());
    }
    for (Reader reader : origin.readers()) {
      Node node = reader.step().node();
      if (node != null
          && reader.step().isUnchanged(present)
          && reader.index() < node.inputs().size()) {
        return Optional.ofNullable(node.inputs().get(reader.index()));
      }
    }
    return Optional.empty();
  }
}
