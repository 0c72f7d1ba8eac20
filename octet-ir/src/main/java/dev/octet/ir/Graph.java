package dev.octet.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Nodes in execution order, with the graph's inputs, outputs and initializers. The main graph of a
/// [Model], or a subgraph of a control-flow node.
public final class Graph {
  private final Model model;
  private String name;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final Set<Value> constants = new LinkedHashSet<>();
  private OpaqueFields extraFields = OpaqueFields.NONE;
  private ValueListing listing = ValueListing.NONE;
  private @Nullable Node first;
  private @Nullable Node last;
  private int nodeCount;

  Graph(Model model, String name) {
    this.model = model;
    this.name = name;
  }

  public Model model() {
    return model;
  }

  public String name() {
    return name;
  }

  /// Values the caller feeds, in order.
  public List<Value> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /// Values the caller gets, in order. A value may be listed twice, and may be an input.
  public List<Value> outputs() {
    return Collections.unmodifiableList(outputs);
  }

  /// Values with constant data in either form, in file order; includes inputs that have a default.
  public List<Value> constants() {
    return new ArrayList<>(constants);
  }

  /// Those of [#constants()] whose data is here to read.
  public List<Value> initializers() {
    return constants.stream().filter(value -> value.initializer().isPresent()).toList();
  }

  /// Those of [#constants()] whose data is passed through; see [Value#opaqueInitializer()].
  public List<Value> opaqueInitializers() {
    return constants.stream().filter(value -> value.opaqueInitializer().isPresent()).toList();
  }

  /// Nodes in execution order: every node after those that compute what it reads. A snapshot, so
  /// that editing while looping is safe.
  public List<Node> nodes() {
    List<Node> nodes = new ArrayList<>(nodeCount);
    for (Node node = first; node != null; node = node.next) {
      nodes.add(node);
    }
    return nodes;
  }

  public int nodeCount() {
    return nodeCount;
  }

  /// The graph input or initializer or node output of this graph with this name. Linear in the size
  /// of the graph: names are for people and files.
  public Optional<Value> findValue(String valueName) {
    for (Value value : values()) {
      if (value.name().equals(valueName)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /// Every value this graph itself defines: inputs, initializers, then node outputs in order.
  public List<Value> values() {
    Set<Value> values = new LinkedHashSet<>(inputs);
    values.addAll(constants);
    for (Node node = first; node != null; node = node.next) {
      for (Value output : node.outputs()) {
        if (output != null) {
          values.add(output);
        }
      }
    }
    return new ArrayList<>(values);
  }

  /// `GraphProto` fields not interpreted here: doc string, quantization annotations, metadata.
  public OpaqueFields extraFields() {
    return extraFields;
  }

  /// How the file described this graph's values, beyond what they say themselves.
  public ValueListing listing() {
    return listing;
  }

  @Override
  public String toString() {
    return "graph '" + name + "' of " + nodeCount + " nodes";
  }

  List<Value> mutableInputs() {
    return inputs;
  }

  List<Value> mutableOutputs() {
    return outputs;
  }

  Set<Value> mutableConstants() {
    return constants;
  }

  void rename(String newName) {
    name = newName;
  }

  void setExtraFields(OpaqueFields fields) {
    extraFields = fields;
  }

  void setListing(ValueListing newListing) {
    listing = newListing;
  }

  /// Puts `node` before `anchor`, or at the end when `anchor` is null.
  void link(Node node, @Nullable Node anchor) {
    node.setGraph(this);
    node.next = anchor;
    node.previous = anchor == null ? last : anchor.previous;
    if (node.previous == null) {
      first = node;
    } else {
      node.previous.next = node;
    }
    if (anchor == null) {
      last = node;
    } else {
      anchor.previous = node;
    }
    nodeCount++;
  }

  void unlink(Node node) {
    if (node.previous == null) {
      first = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next == null) {
      last = node.previous;
    } else {
      node.next.previous = node.previous;
    }
    node.previous = null;
    node.next = null;
    node.setGraph(null);
    nodeCount--;
  }
}
