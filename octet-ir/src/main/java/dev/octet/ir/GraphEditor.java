package dev.octet.ir;

import static dev.octet.ir.PendingEdit.require;
import static dev.octet.ir.PendingEdit.requireNoSubgraph;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The only way to change a graph, handed out by [Model#edit] and dead afterwards. Every method
/// either keeps the model's links sound or throws [IllegalStateException] or
/// [IllegalArgumentException] and changes nothing.
///
/// Order is the caller's: a node must be put after what it reads and before what reads it. A value
/// may be read before it gets a source, but must have one when the edit ends.
///
/// Each method takes time proportional to the node or value it touches, not to the graph.
public final class GraphEditor {
  private final Model model;
  private final PendingEdit edit;

  GraphEditor(Model model) {
    this.model = model;
    this.edit = new PendingEdit(model);
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
    edit.requireOpen();
    return new Value(model, model.names().uniqueValue(hint), type);
  }

  /// As [#newValue], with exactly this name. For readers and copies: two subgraphs beside each
  /// other may use one name for two values, and it is the caller who knows that these two do not
  /// meet.
  public Value namedValue(String name, @Nullable ValueType type) {
    edit.requireOpen();
    model.names().noteValue(name);
    return new Value(model, name, type);
  }

  /// Adds a graph input.
  public Value addInput(Graph graph, String hint, @Nullable ValueType type) {
    Value value = newValue(hint, type);
    addInput(graph, value);
    return value;
  }

  /// Makes a value that nothing computes an input of `graph`. An initializer becomes an input with
  /// a default.
  public void addInput(Graph graph, Value value) {
    edit.requireOpen();
    edit.requireOurs(graph);
    edit.requireOurs(value);
    require(value.producer().isEmpty(), value + " is computed by a node");
    require(value.opaqueInitializer().isEmpty(), value + " is a constant passed through");
    require(!value.isGraphInput(), value + " is an input already");
    value.setGraphInput(true);
    graph.mutableInputs().add(value);
    edit.valuesAdded++;
  }

  /// Makes a graph input an ordinary value; it must be unused or have an initializer.
  public void removeInput(Graph graph, Value value) {
    edit.requireOpen();
    require(graph.inputs().contains(value), value + " is no input of " + graph);
    require(value.isUnused() || value.hasData(), value + " is used and would have no source");
    graph.mutableInputs().remove(value);
    value.setGraphInput(false);
    edit.valuesRemoved++;
    if (!value.hasSource()) {
      edit.forget(value);
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

  /// Gives a value that nothing computes constant data, or replaces the data it has. Unless the
  /// value is also a graph input, its type becomes that of the data.
  ///
  /// @param fields uninterpreted `TensorProto` fields
  public void setInitializer(Graph graph, Value value, Tensor tensor, OpaqueFields fields) {
    edit.requireOpen();
    edit.requireOurs(graph);
    edit.requireOurs(value);
    require(value.producer().isEmpty(), value + " is computed by a node");
    require(value.opaqueInitializer().isEmpty(), value + " is a constant passed through");
    require(
        value.initializer().isEmpty() || graph.mutableConstants().contains(value),
        value + " is an initializer of another graph");
    require(
        !value.isGraphInput() || graph.inputs().contains(value),
        value + " is an input of another graph");
    value.setInitializer(tensor, fields);
    if (graph.mutableConstants().add(value)) {
      edit.valuesAdded++;
    } else {
      edit.otherChanges++;
    }
    if (!value.isGraphInput()) {
      value.setType(ValueType.tensor(tensor.dataType(), tensor.shape()));
    }
  }

  /// Removes an initializer that nothing reads (or that is also a graph input, which then has no
  /// default any more).
  public void removeInitializer(Graph graph, Value value) {
    edit.requireOpen();
    require(
        value.initializer().isPresent() && graph.mutableConstants().contains(value),
        value + " is no initializer of " + graph);
    require(value.isUnused() || value.isGraphInput(), value + " is used");
    graph.mutableConstants().remove(value);
    value.setInitializer(null, OpaqueFields.NONE);
    if (!value.isGraphInput()) {
      edit.forget(value);
    }
    edit.valuesRemoved++;
  }

  /// Gives a value that nothing computes constant data that stays uninterpreted.
  public void setOpaqueInitializer(Graph graph, Value value, OpaqueInitializer data) {
    edit.requireOpen();
    edit.requireOurs(graph);
    edit.requireOurs(value);
    require(
        value.isGraphInput() ? value.initializer().isEmpty() : !value.hasSource(),
        value + " has a source already");
    value.setOpaqueInitializer(data);
    graph.mutableConstants().add(value);
    edit.valuesAdded++;
  }

  /// Removes constant data passed through that nothing reads.
  public void removeOpaqueInitializer(Graph graph, Value value) {
    edit.requireOpen();
    require(
        value.opaqueInitializer().isPresent() && graph.mutableConstants().contains(value),
        value + " is no opaque initializer of " + graph);
    require(value.isUnused(), value + " is used");
    graph.mutableConstants().remove(value);
    value.setOpaqueInitializer(null);
    if (!value.isGraphInput()) {
      edit.forget(value);
    }
    edit.valuesRemoved++;
  }

  /// States what a value holds, replacing what was stated before.
  public void setType(Value value, @Nullable ValueType type) {
    edit.requireOpen();
    edit.requireOurs(value);
    edit.count(!value.type().equals(Optional.ofNullable(type)));
    value.setType(type);
  }

  /// Gives a value another name.
  ///
  /// @throws IllegalArgumentException when another value has it
  public void rename(Value value, String name) {
    edit.requireOpen();
    edit.requireOurs(value);
    if (value.name().equals(name)) {
      return;
    }
    if (!model.names().claimValue(name)) {
      throw new IllegalArgumentException("another value is named '" + name + "'");
    }
    model.names().releaseValue(value.name());
    value.rename(name);
    edit.otherChanges++;
  }

  /// Gives a value another name, made unique as for a new value.
  ///
  /// @param hint wanted name
  public void renameLike(Value value, String hint) {
    edit.requireOpen();
    if (value.name().equals(hint)) {
      return;
    }
    String name = model.names().uniqueValue(hint);
    model.names().releaseValue(value.name());
    value.rename(name);
    edit.otherChanges++;
  }

  /// Sets the uninterpreted `ValueInfoProto` fields of a value.
  public void setInfoFields(Value value, OpaqueFields fields) {
    edit.requireOpen();
    edit.count(!fields.equals(value.infoFields()));
    value.setInfoFields(fields);
  }

  // ---- graph outputs

  /// Adds a graph output at the end.
  public void addOutput(Graph graph, Value value) {
    edit.requireOpen();
    edit.requireOurs(graph);
    edit.noteRead(value);
    graph.mutableOutputs().add(value);
    value.outputOf().add(graph);
    edit.otherChanges++;
  }

  /// Puts another value in an output's place. The name callers see becomes that of `value`.
  public void setOutput(Graph graph, int index, Value value) {
    edit.requireOpen();
    edit.requireOurs(graph);
    edit.noteRead(value);
    graph.mutableOutputs().get(index).outputOf().remove(graph);
    graph.mutableOutputs().set(index, value);
    value.outputOf().add(graph);
    edit.otherChanges++;
  }

  /// Removes output `index` of `graph`.
  public void removeOutput(Graph graph, int index) {
    edit.requireOpen();
    edit.requireOurs(graph);
    graph.mutableOutputs().remove(index).outputOf().remove(graph);
    edit.otherChanges++;
  }

  // ---- nodes

  /// Adds a node at the end of `graph`.
  public Node append(Graph graph, NodeSpec spec) {
    return insert(graph, null, spec);
  }

  /// As [#append], with exactly the name the spec has, though another node may have it too. For
  /// readers and copies: the format allows nodes to share a name.
  public Node appendNamed(Graph graph, NodeSpec spec) {
    Node node = insert(graph, null, spec.named(""));
    node.rename(spec.name());
    model.names().noteNode(spec.name());
    return node;
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
    edit.requireOpen();
    for (Value output : node.outputs()) {
      require(
          output == null || output.isUnused(),
          output + " of " + node.describe() + " is still used");
    }
    Graph graph = node.graph();
    edit.requireOurs(graph);
    node.disconnect();
    for (Graph subgraph : node.subgraphs()) {
      edit.releaseAll(subgraph);
    }
    graph.unlink(node);
    for (Value output : node.outputs()) {
      if (output != null) {
        edit.forget(output);
      }
    }
    model.names().releaseNode(node.name());
    edit.nodesRemoved++;
  }

  /// Gives a node another name; uniqueness is the caller's wish, not a rule of the format.
  public void rename(Node node, String name) {
    edit.requireOpen();
    edit.requireOurs(node.graph());
    model.names().releaseNode(node.name());
    edit.count(!name.equals(node.name()));
    node.rename(name);
    model.names().noteNode(name);
  }

  /// Makes a node read another value, or none where the input is optional. Input lists grow as
  /// needed.
  public void setInput(Node node, int index, @Nullable Value value) {
    edit.requireOpen();
    edit.requireOurs(node.graph());
    edit.noteRead(value);
    edit.count(index >= node.inputs().size() || node.inputs().get(index) != value);
    while (node.inputs().size() <= index) {
      node.appendInput(null);
    }
    node.setInput(index, value);
  }

  /// Gives a node one more output, after those it has.
  ///
  /// @param value without a source so far
  public void addNodeOutput(Node node, Value value) {
    edit.requireOpen();
    edit.requireOurs(node.graph());
    edit.requireOurs(value);
    require(!value.hasSource(), value + " has a source already");
    node.appendOutput(value);
    edit.otherChanges++;
  }

  /// Drops a node's inputs from `count` on.
  public void trimInputs(Node node, int count) {
    edit.requireOpen();
    edit.requireOurs(node.graph());
    edit.count(node.inputs().size() > count);
    node.trimInputs(count);
  }

  /// Sets an attribute that holds no subgraph.
  public void setAttribute(Node node, String name, Attribute value) {
    edit.requireOpen();
    edit.requireOurs(node.graph());
    require(
        !(value instanceof Attribute.OfGraph) && !(value instanceof Attribute.OfGraphs),
        "subgraphs are given when a node is added");
    requireNoSubgraph(node, name);
    edit.count(!value.equals(node.attributes().get(name)));
    node.setAttribute(name, value);
  }

  public void removeAttribute(Node node, String name) {
    edit.requireOpen();
    edit.requireOurs(node.graph());
    requireNoSubgraph(node, name);
    edit.count(node.attributes().containsKey(name));
    node.removeAttribute(name);
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
    edit.requireOpen();
    require(value != replacement, value + " cannot replace itself");
    edit.requireOurs(value);
    edit.noteRead(replacement);
    require(
        canReplaceAllUses(value, replacement),
        replacement + " cannot take the place of graph output " + value);
    for (Use use : value.uses()) {
      use.node().setInput(use.index(), replacement);
    }
    if (value.isGraphOutput()) {
      moveOutput(value, replacement);
    }
    edit.otherChanges++;
  }

  // ---- the model around the graph

  /// A new, empty subgraph for a node to be added.
  public Graph newSubgraph(String name) {
    edit.requireOpen();
    return new Graph(model, name);
  }

  public void setGraphName(Graph graph, String name) {
    edit.requireOpen();
    edit.count(!name.equals(graph.name()));
    graph.rename(name);
  }

  /// Imports an opset, replacing the version imported so far.
  public void setOpset(String domain, int version) {
    edit.requireOpen();
    Integer before = model.mutableOpsets().put(domain.equals("ai.onnx") ? "" : domain, version);
    edit.count(before == null || before != version);
  }

  public void removeOpset(String domain) {
    edit.requireOpen();
    edit.count(model.mutableOpsets().remove(domain.equals("ai.onnx") ? "" : domain) != null);
  }

  public void setInfo(ModelInfo info) {
    edit.requireOpen();
    edit.count(!info.equals(model.info()));
    model.setInfo(info);
  }

  /// Sets one `metadata_props` entry.
  public void setMetadata(String key, String value) {
    edit.requireOpen();
    edit.count(!value.equals(model.mutableMetadata().put(key, value)));
  }

  public void removeMetadata(String key) {
    edit.requireOpen();
    edit.count(model.mutableMetadata().remove(key) != null);
  }

  /// Sets the uninterpreted fields of the model.
  public void setExtraFields(OpaqueFields fields) {
    edit.requireOpen();
    edit.count(!fields.equals(model.extraFields()));
    model.setExtraFields(fields);
  }

  /// Sets the uninterpreted fields of a graph.
  public void setExtraFields(Graph graph, OpaqueFields fields) {
    edit.requireOpen();
    edit.count(!fields.equals(graph.extraFields()));
    graph.setExtraFields(fields);
  }

  /// Sets how a graph's values are described in its file.
  public void setListing(Graph graph, ValueListing listing) {
    edit.requireOpen();
    edit.count(!listing.equals(graph.listing()));
    graph.setListing(listing);
  }

  /// @throws IllegalStateException when a value is read that nothing gives a content
  EditLog close() {
    return edit.close();
  }

  private Node insert(Graph graph, @Nullable Node anchor, NodeSpec spec) {
    edit.requireOpen();
    edit.requireOurs(graph);
    Set<Value> computed = new LinkedHashSet<>();
    for (Value output : spec.outputs()) {
      if (output != null) {
        edit.requireOurs(output);
        require(!output.hasSource(), output + " has a source already");
        require(computed.add(output), output + " would be computed twice");
      }
    }
    for (Value input : spec.inputs()) {
      edit.noteRead(input);
    }
    String name = model.names().uniqueNode(spec.name());
    Node node =
        new Node(
            name,
            spec.domain(),
            spec.opType(),
            spec.inputs(),
            spec.outputs().isEmpty()
                ? List.of(newValue(name.isEmpty() ? spec.opType() : name, null))
                : spec.outputs(),
            spec.attributes(),
            spec.extraFields());
    graph.link(node, anchor);
    node.connect();
    edit.nodesAdded++;
    return node;
  }

  private void moveOutput(Value value, Value replacement) {
    for (Graph graph : new LinkedHashSet<>(value.outputOf())) {
      for (int i = 0; i < graph.outputs().size(); i++) {
        if (graph.outputs().get(i) == value) {
          setOutput(graph, i, replacement);
        }
      }
    }
    String interfaceName = value.name();
    value.rename(model.names().uniqueValue(interfaceName + "_replaced"));
    model.names().releaseValue(replacement.name());
    replacement.rename(interfaceName);
    replacement.learnFrom(value);
  }
}
