package dev.octet.torch.export;

import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.BodyNames;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the SSA names of a graph stand for so far.
final class Scope {
  private final AtenGraph graph;
  private final Graph target;
  private final Map<String, Value> tensors = new LinkedHashMap<>();
  private final Map<String, Scope> bodies = new LinkedHashMap<>();
  private final Map<String, Size> sizes = new HashMap<>();
  private final Set<String> read = new HashSet<>();
  // Whether complex tensors are one of their parts here.
  private final boolean parted;

  /// @param target what the graph is translated to
  Scope(AtenGraph graph, Graph target) {
    this.graph = graph;
    this.target = target;
    this.parted = false;
    graph.nodes().forEach(node -> read.addAll(node.inputNames()));
    graph.outputs().forEach(output -> read.addAll(output.references()));
  }

  private Scope(Scope whole, List<String> names, Map<String, Value> parts) {
    this.graph = whole.graph;
    this.target = whole.target;
    this.parted = true;
    for (String name : names) {
      whole.findTensor(name).ifPresent(value -> tensors.put(name, value));
      if (whole.sizes.containsKey(name)) {
        sizes.put(name, whole.size(name));
      }
    }
    tensors.putAll(parts);
    read.addAll(whole.read);
  }

  /// What the names a call reads stand for when it works on one part of each complex tensor.
  ///
  /// @param parts the part of each, and what else is to be replaced
  Scope onParts(AtenNode call, Map<String, Value> parts) {
    return new Scope(this, call.inputNames(), parts);
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

  /// The scope of a branch or body that a call of this graph runs.
  ///
  /// @param name what it is called from here
  /// @param inner what is translated to
  Scope within(String name, AtenGraph body, Graph inner) {
    Scope scope = new Scope(body, inner);
    bodies.put(name, scope);
    return scope;
  }

  /// Every tensor so far that the graph translated to computes itself, in order of definition, then
  /// those of branches and bodies.
  Map<String, Value> computed() {
    Set<Node> nodes = new HashSet<>(target.nodes());
    Map<String, Value> computed = new LinkedHashMap<>();
    tensors.forEach(
        (name, value) -> {
          if (value.producer().filter(nodes::contains).isPresent()) {
            computed.put(name, value);
          }
        });
    bodies.forEach(
        (body, scope) ->
            scope
                .computed()
                .forEach((name, value) -> computed.put(BodyNames.value(body, name), value)));
    return computed;
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
    return Optional.ofNullable(graph.tensorValues().get(name)).map(this::seen);
  }

  TensorMeta meta(String name) {
    return seen(graph.meta(name));
  }

  private TensorMeta seen(TensorMeta recorded) {
    return parted && recorded.dtype().isComplex()
        ? recorded.withDtype(recorded.dtype().part())
        : recorded;
  }

  /// What the program recorded about a size of this name, as text; empty for nothing.
  String expression(String name) {
    return graph.symIntValues().get(name) instanceof SymInt.Expression expression
        ? expression.text()
        : "";
  }
}
