package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which tensors are to be quantized and as what, in the order they were first marked.
final class PeerMarks {
  private static final Mark ACTIVATION = new Mark.Activation();

  private final PeerGraph graph;
  private final Map<Value, Mark> tensors = new LinkedHashMap<>();
  private final Map<String, Bias> biases = new LinkedHashMap<>();
  private final Map<Value, List<Use>> readers = new LinkedHashMap<>();
  private final Set<Node> removed = new HashSet<>();

  /// What a tensor is marked as.
  sealed interface Mark {
    /// To be quantized in its own range; an initializer in that of its data.
    record Activation() implements Mark {}

    /// Multiplied with activations.
    ///
    /// @param axis its channels, when they have a scale each
    record Weight(OptionalInt axis) implements Mark {}

    /// To be quantized with the parameters of another tensor.
    ///
    /// @param provider that tensor
    /// @param reader the node that reads it
    record Shared(Value provider, Node reader) implements Mark {}
  }

  /// A bias, to be quantized with the product of two scales.
  ///
  /// @param value the initializer
  /// @param key its name, or that of the copy a further reader gets
  /// @param node the reader
  /// @param factor what the reader multiplies it with
  record Bias(Value value, String key, Node node, Value input, Value weight, float factor) {}

  PeerMarks(PeerGraph graph) {
    this.graph = graph;
  }

  /// Everything marked but biases.
  Map<Value, Mark> tensors() {
    return tensors;
  }

  /// By key.
  Map<String, Bias> biases() {
    return biases;
  }

  /// The inputs of nodes that take part, by what they read.
  Map<Value, List<Use>> readers() {
    return readers;
  }

  /// Rectifiers whose work the codes of their result do.
  Set<Node> removed() {
    return removed;
  }

  boolean isMarked(Value value) {
    return tensors.containsKey(value) || biases.containsKey(value.name());
  }

  void activation(@Nullable Value value) {
    if (value != null && graph.realType(value).isPresent()) {
      tensors.putIfAbsent(value, ACTIVATION);
    }
  }

  void weight(Value value, OptionalInt axis) {
    if (graph.realType(value).isEmpty()) {
      return;
    }
    if (axis.isPresent()) {
      tensors.put(value, new Mark.Weight(axis));
    } else {
      tensors.putIfAbsent(value, new Mark.Weight(axis));
    }
  }

  void shared(@Nullable Value value, Value provider, Node reader) {
    if (value != null && graph.realType(value).isPresent()) {
      tensors.put(value, new Mark.Shared(provider, reader));
    }
  }

  /// A second reader gets a copy of the bias, named with the next free number.
  void bias(Value value, Node node, Value input, Value weight, float factor) {
    String key = value.name();
    if (biases.containsKey(key)) {
      key += largestNumberAfter(key) + 1;
    }
    biases.put(key, new Bias(value, key, node, input, weight, factor));
  }

  /// The rectifier goes away; what it reads is no tensor of its own any more.
  void remove(Node rectifier) {
    removed.add(rectifier);
    rectifier.input(0).ifPresent(tensors::remove);
  }

  void read(Node node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Use use = new Use(node, i);
      node.input(i)
          .ifPresent(value -> readers.computeIfAbsent(value, v -> new ArrayList<>()).add(use));
    }
  }

  /// The largest number that follows `stem` in the name of an initializer or a copy; −1 for none.
  private int largestNumberAfter(String stem) {
    Set<String> names = new HashSet<>(biases.keySet());
    graph.model().graph().initializers().forEach(value -> names.add(value.name()));
    return names.stream()
        .filter(name -> name.startsWith(stem))
        .map(name -> name.substring(stem.length()))
        .filter(rest -> rest.matches("\\d{1,8}"))
        .mapToInt(Integer::parseInt)
        .max()
        .orElse(-1);
  }
}
