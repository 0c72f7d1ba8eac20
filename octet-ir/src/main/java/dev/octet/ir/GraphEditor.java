package dev.octet.ir;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The only way to change a graph, handed out by [Model#edit] and dead afterwards. Every method
// either
/// keeps the model's links sound or throws [IllegalStateException] or [IllegalArgumentException]
// and
/// changes nothing.
///
/// Order is the caller's: a node must be put after what it reads and before what reads it.
public final class GraphEditor {
  private final Model model;
  private boolean open = true;
  private int nodesAdded;
  private int nodesRemoved;
  private int valuesAdded;
  private int valuesRemoved;
  private int otherChanges;

  GraphEditor(Model model) {
    this.model = model;
  }

  public Model model() {
    return model;
  }

  /// The model's main graph.
  public Graph graph() {
    return model.graph();
  }

  // ---- values

  /// A value that nothing computes yet, to be an output of a node added next.
  ///
  /// @param hint wanted name; made unique
  /// @param type what it will hold, if known
  public Value newValue(String hint, @Nullable ValueType type) {
    requireOpen();
    return new Value(model.names().uniqueValue(hint), type);
  }

  /// Adds a graph input.
  public Value addInput(Graph graph, String hint, @Nullable ValueType type) {
    Value value = newValue(hint, type);
    addInput(graph, value);
    return value;
  }

  /// Makes a value that nothing computes an input of `graph`. An initializer becomes an input with
  // a
  /// default.
  public void addInput(Graph graph, Value value) {
    requireOpen();
    require(value.producer().isEmpty(), value + " is computed by a node");
    require(!value.isGraphInput(), value + " is an input already");
    value.setGraphInput(true);
    graph.mutableInputs().add(value);
    valuesAdded++;
  }

  /// Makes a graph input an ordinary value; it must be unused or have an initializer.
  public void removeInput(Graph graph, Value value) {
    requireOpen();
    require(graph.inputs().contains(value), value + " is no input of " + graph);
    require(
        value.isUnused() || value.initializer().isPresent(),
        value + " is used and would have no source");
    graph.mutableInputs().remove(value);
    value.setGraphInput(false);
    valuesRemoved++;
    if (value.initializer().isEmpty()) {
      model.names().releaseValue(value.name());
    }
  }

  /// Adds a constant.
  ///
  /// @param hint wanted name; made unique
  public Value addInitializer(Graph graph, String hint, Tensor tensor) {
    Value value = newValue(hint, ValueType.tensor(tensor.dataType(), tensor.shape()));
    setInitializer(graph, value, tensor, OpaqueFields.NONE);
    return value;
  }

  /// Gives a value that nothing computes constant data, or replaces the data it has.
  public void setInitializer(Graph graph, Value value, Tensor tensor, OpaqueFields fields) {
    requireOpen();
    require(value.producer().isEmpty(), value + " is computed by a node");
    value.setInitializer(tensor, fields);
    if (graph.mutableInitializers().add(value)) {
      valuesAdded++;
    } else {
      otherChanges++;
    }
    if (!value.isGraphInput()) {
      value.setType(ValueType.tensor(tensor.dataType(), tensor.shape()));
    }
  }

  /// Removes an initializer that nothing reads (or that is also a graph input, which then has no
  /// default any more).
  public void removeInitializer(Graph graph, Value value) {
    requireOpen();
    require(graph.mutableInitializers().contains(value), value + " is no initializer of " + graph);
    require(value.isUnused() || value.isGraphInput(), value + " is used");
    graph.mutableInitializers().remove(value);
    value.setInitializer(null, OpaqueFields.NONE);
    if (!value.isGraphInput()) {
      model.names().releaseValue(value.name());
    }
    valuesRemoved++;
  }

  /// States what a value holds, replacing what was stated before.
  public void setType(Value value, @Nullable ValueType type) {
    requireOpen();
    value.setType(type);
    otherChanges++;
  }

  /// Gives a value another name.
  ///
  /// @throws IllegalArgumentException when another value has it
  public void rename(Value value, String name) {
    requireOpen();
    if (value.name().equals(name)) {
      return;
    }
    if (!model.names().claimValue(name)) {
      throw new IllegalArgumentException("another value is named '" + name + "'");
    }
    model.names().releaseValue(value.name());
    value.rename(name);
    otherChanges++;
  }

  /// Sets the uninterpreted `ValueInfoProto` fields of a value.
  public void setInfoFields(Value value, OpaqueFields fields) {
    requireOpen();
    value.setInfoFields(fields);
  }

  // ---- graph outputs

  /// Adds a graph output at the end.
  public void addOutput(Graph graph, Value value) {
    requireOpen();
    graph.mutableOutputs().add(value);
    value.countOutput(1);
    otherChanges++;
  }

  /// Puts another value in an output's place. The name callers see becomes that of `value`.
  public void setOutput(Graph graph, int index, Value value) {
    requireOpen();
    graph.mutableOutputs().get(index).countOutput(-1);
    graph.mutableOutputs().set(index, value);
    value.countOutput(1);
    otherChanges++;
  }

  /// Removes output `index` of `graph`.
  public void removeOutput(Graph graph, int index) {
    requireOpen();
    graph.mutableOutputs().remove(index).countOutput(-1);
    otherChanges++;
  }

  // ---- nodes

  /// Adds a node at the end of `graph`.
  public Node append(Graph graph, NodeSpec spec) {
    return insert(graph, null, spec);
  }

  /// Adds a node right before `anchor`.
  public Node insertBefore(Node anchor, NodeSpec spec) {
    return insert(anchor.graph(), anchor, spec);
  }

  /// Adds a node right after `anchor`.
  public Node insertAfter(Node anchor, NodeSpec spec) {
    return insert(anchor.graph(), anchor.next, spec);
  }

  /// Removes a node whose outputs nothing reads.
  public void remove(Node node) {
    requireOpen();
    for (Value output : node.outputs()) {
      require(
          output == null || output.isUnused(),
          output + " of " + node.describe() + " is still used");
    }
    Graph graph = node.graph();
    node.disconnect();
    for (Graph subgraph : node.subgraphs()) {
      releaseAll(subgraph);
    }
    graph.unlink(node);
    for (Value output : node.outputs()) {
      if (output != null) {
        model.names().releaseValue(output.name());
      }
    }
    nodesRemoved++;
  }

  /// Gives a node another name; uniqueness is the caller's wish, not a rule of the format.
  public void rename(Node node, String name) {
    requireOpen();
    node.rename(name);
    model.names().noteNode(name);
    otherChanges++;
  }

  /// Makes a node read another value, or none where the input is optional. Input lists grow as
  /// needed.
  public void setInput(Node node, int index, @Nullable Value value) {
    requireOpen();
    while (node.inputs().size() <= index) {
      node.appendInput(null);
    }
    node.setInput(index, value);
    otherChanges++;
  }

  /// Drops a node's inputs from `count` on.
  public void trimInputs(Node node, int count) {
    requireOpen();
    node.trimInputs(count);
    otherChanges++;
  }

  /// Sets an attribute that holds no subgraph.
  public void setAttribute(Node node, String name, Attribute value) {
    requireOpen();
    require(
        !(value instanceof Attribute.OfGraph) && !(value instanceof Attribute.OfGraphs),
        "subgraphs are given when a node is added");
    node.setAttribute(name, value);
    otherChanges++;
  }

  public void removeAttribute(Node node, String name) {
    requireOpen();
    node.removeAttribute(name);
    otherChanges++;
  }

  // ---- rewiring

  /// Whether [#replaceAllUses] would work. It would not when the caller-visible name of a graph
  /// output cannot move to `replacement`: an input, a constant, or another graph output.
  public boolean canReplaceAllUses(Value value, Value replacement) {
    return !value.isGraphOutput()
        || (replacement.producer().isPresent() && !replacement.isGraphOutput());
  }

  /// Makes everything that reads `value`, graph outputs too, read `replacement`. When `value` is a
  /// graph output, the name that callers know moves to `replacement`.
  ///
  /// @throws IllegalStateException when [#canReplaceAllUses] says no
  public void replaceAllUses(Value value, Value replacement) {
    requireOpen();
    require(value != replacement, value + " cannot replace itself");
    require(
        canReplaceAllUses(value, replacement),
        replacement + " cannot take the place of graph output " + value);
    for (Use use : value.uses()) {
      use.node().setInput(use.index(), replacement);
    }
    if (value.isGraphOutput()) {
      moveOutput(value, replacement);
    }
    otherChanges++;
  }

  // ---- the model around the graph

  /// A new, empty subgraph for a node to be added.
  public Graph newSubgraph(String name) {
    requireOpen();
    return new Graph(model, name);
  }

  public void setGraphName(Graph graph, String name) {
    requireOpen();
    graph.rename(name);
    otherChanges++;
  }

  /// Imports an opset, replacing the version imported so far.
  public void setOpset(String domain, int version) {
    requireOpen();
    model.mutableOpsets().put(domain.equals("ai.onnx") ? "" : domain, version);
    otherChanges++;
  }

  public void removeOpset(String domain) {
    requireOpen();
    model.mutableOpsets().remove(domain.equals("ai.onnx") ? "" : domain);
    otherChanges++;
  }

  public void setInfo(ModelInfo info) {
    requireOpen();
    model.setInfo(info);
    otherChanges++;
  }

  /// Sets one `metadata_props` entry.
  public void setMetadata(String key, String value) {
    requireOpen();
    model.mutableMetadata().put(key, value);
    otherChanges++;
  }

  public void removeMetadata(String key) {
    requireOpen();
    model.mutableMetadata().remove(key);
    otherChanges++;
  }

  /// Sets the uninterpreted fields of the model.
  public void setExtraFields(OpaqueFields fields) {
    requireOpen();
    model.setExtraFields(fields);
  }

  /// Sets the uninterpreted fields of a graph.
  public void setExtraFields(Graph graph, OpaqueFields fields) {
    requireOpen();
    graph.setExtraFields(fields);
  }

  EditLog close() {
    open = false;
    return new EditLog(nodesAdded, nodesRemoved, valuesAdded, valuesRemoved, otherChanges);
  }

  private Node insert(Graph graph, @Nullable Node anchor, NodeSpec spec) {
    requireOpen();
    String name = model.names().uniqueNode(spec.name());
    List<@Nullable Value> outputs =
        spec.outputs().isEmpty()
            ? List.of(newValue(name.isEmpty() ? spec.opType() : name, null))
            : spec.outputs();
    for (Value output : outputs) {
      require(
          output == null
              || (output.producer().isEmpty()
                  && output.initializer().isEmpty()
                  && !output.isGraphInput()),
          output + " has a source already");
    }
    Node node =
        new Node(
            name,
            spec.domain(),
            spec.opType(),
            spec.inputs(),
            outputs,
            spec.attributes(),
            spec.extraFields());
    graph.link(node, anchor);
    node.connect();
    nodesAdded++;
    return node;
  }

  private void moveOutput(Value value, Value replacement) {
    Graph graph =
        value
            .producer()
            .map(Node::graph)
            .or(() -> Optional.of(model.graph()).filter(main -> main.outputs().contains(value)))
            .orElseThrow(() -> new IllegalStateException("whose output is " + value + "?"));
    for (int i = 0; i < graph.outputs().size(); i++) {
      if (graph.outputs().get(i) == value) {
        setOutput(graph, i, replacement);
      }
    }
    String interfaceName = value.name();
    value.rename(model.names().uniqueValue(interfaceName + "_replaced"));
    model.names().releaseValue(replacement.name());
    replacement.rename(interfaceName);
    if (replacement.type().isEmpty()) {
      replacement.setType(value.type().orElse(null));
    }
  }

  /// Cuts a removed subgraph's ties to values of the graphs around it.
  private void releaseAll(Graph subgraph) {
    for (Node node : subgraph.nodes()) {
      for (Graph inner : node.subgraphs()) {
        releaseAll(inner);
      }
      node.disconnect();
    }
    for (Value value : subgraph.values()) {
      model.names().releaseValue(value.name());
    }
    for (Value output : subgraph.outputs()) {
      output.countOutput(-1);
    }
  }

  private void requireOpen() {
    require(open, "this editor's edit is over");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }
}
