package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the SSA names of a graph stand for so far.
final class Scope {
  private final AtenGraph graph;
  private final Map<String, Value> tensors = new LinkedHashMap<>();
  private final Map<String, Size> sizes = new HashMap<>();
  private final Set<String> read = new HashSet<>();

  Scope(AtenGraph graph) {
    this.graph = graph;
    graph.nodes().forEach(node -> read.addAll(node.inputNames()));
    graph.outputs().forEach(output -> read.addAll(output.references()));
  }

  void define(String name, Value value) {
    tensors.put(name, value);
  }

  void define(String name, Size size) {
    sizes.put(name, size);
  }

  /// Whether a call or the graph's outputs read a value.
  boolean isRead(String name) {
    return read.contains(name);
  }

  /// Every tensor so far, in order of definition.
  Map<String, Value> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  Value tensor(String name) {
    Value value = tensors.get(name);
    if (value == null) {
      throw UnsupportedArgument.untranslated(name);
    }
    return value;
  }

  Optional<Value> findTensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  Size size(String name) {
    Size size = sizes.get(name);
    if (size == null) {
      throw UnsupportedArgument.untranslated(name);
    }
    return size;
  }

  /// What is recorded about a value of this name, if it is a tensor.
  Optional<TensorMeta> find(String name) {
    return Optional.ofNullable(graph.tensorValues().get(name));
  }

  TensorMeta meta(String name) {
    return graph.meta(name);
  }

  /// What the program recorded about a size of this name, as text; empty for nothing.
  String expression(String name) {
    return graph.symIntValues().get(name) instanceof SymInt.Expression expression
        ? expression.text()
        : "";
  }
}
