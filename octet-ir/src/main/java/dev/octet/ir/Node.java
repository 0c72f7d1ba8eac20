package dev.octet.ir;

import dev.octet.diagnostic.OctetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One operation. An identity object that owns its outputs for life; its inputs and attributes
/// change only through [GraphEditor].
public final class Node {
  private final String domain;
  private final String opType;
  private final OpaqueFields extraFields;
  private final List<@Nullable Value> inputs;
  private final List<@Nullable Value> outputs;
  private final LinkedHashMap<String, Attribute> attributes;
  private String name;
  private @Nullable Graph graph;

  // Neighbours in the graph's node order; kept by Graph.
  @Nullable Node previous;
  @Nullable Node next;

  Node(
      String name,
      String domain,
      String opType,
      List<? extends @Nullable Value> inputs,
      List<? extends @Nullable Value> outputs,
      Map<String, Attribute> attributes,
      OpaqueFields extraFields) {
    this.name = name;
    this.domain = domain.equals("ai.onnx") ? "" : domain;
    this.opType = opType;
    this.inputs = new ArrayList<>(inputs);
    this.outputs = new ArrayList<>(outputs);
    this.attributes = new LinkedHashMap<>(attributes);
    this.extraFields = extraFields;
  }

  /// Name in files and messages; may be empty, and need not be unique.
  public String name() {
    return name;
  }

  /// Operator domain; the default domain `ai.onnx` is the empty string.
  public String domain() {
    return domain;
  }

  public String opType() {
    return opType;
  }

  /// Whether this is operator `type` of the default domain.
  public boolean is(String type) {
    return domain.isEmpty() && opType.equals(type);
  }

  /// The graph this node is in, or was made for.
  public Graph graph() {
    if (graph == null) {
      throw new IllegalStateException(describe() + " is in no graph");
    }
    return graph;
  }

  /// Whether this node is in a graph; no longer so once it is removed.
  public boolean isInGraph() {
    return graph != null;
  }

  /// Inputs in order; `null` where an optional input is left out.
  public List<@Nullable Value> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /// Input `index`; empty when it is left out or the list ends before it.
  public Optional<Value> input(int index) {
    return index < inputs.size() ? Optional.ofNullable(inputs.get(index)) : Optional.empty();
  }

  /// Outputs in order; `null` where an optional output is left out.
  public List<@Nullable Value> outputs() {
    return Collections.unmodifiableList(outputs);
  }

  /// Output `index`.
  ///
  /// @throws IllegalStateException when the node does not compute it
  public Value output(int index) {
    Value value = index < outputs.size() ? outputs.get(index) : null;
    if (value == null) {
      throw new IllegalStateException(describe() + " has no output " + index);
    }
    return value;
  }

  /// Attributes by name, in file order.
  public Map<String, Attribute> attributes() {
    return Collections.unmodifiableMap(attributes);
  }

  /// An integer attribute, or `fallback` when it is absent.
  ///
  /// @throws OctetException (BAD_INPUT) when the attribute is of another kind
  public long intAttribute(String attribute, long fallback) {
    return switch (attributes.get(attribute)) {
      case null -> fallback;
      case Attribute.OfInt(long value) -> value;
      case Attribute other -> throw wrongKind(attribute, "an integer", other);
    };
  }

  /// A float attribute, or `fallback` when it is absent.
  ///
  /// @throws OctetException (BAD_INPUT) when the attribute is of another kind
  public float floatAttribute(String attribute, float fallback) {
    return switch (attributes.get(attribute)) {
      case null -> fallback;
      case Attribute.OfFloat(float value) -> value;
      case Attribute other -> throw wrongKind(attribute, "a float", other);
    };
  }

  /// A string attribute, or `fallback` when it is absent.
  ///
  /// @throws OctetException (BAD_INPUT) when the attribute is of another kind
  public String stringAttribute(String attribute, String fallback) {
    return switch (attributes.get(attribute)) {
      case null -> fallback;
      case Attribute.OfString(String value) -> value;
      case Attribute other -> throw wrongKind(attribute, "a string", other);
    };
  }

  /// An attribute that lists integers; empty when it is absent.
  ///
  /// @throws OctetException (BAD_INPUT) when the attribute is of another kind
  public Optional<long[]> intsAttribute(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> Optional.empty();
      case Attribute.OfInts(List<Long> values) ->
          Optional.of(values.stream().mapToLong(Long::longValue).toArray());
      case Attribute other -> throw wrongKind(attribute, "a list of integers", other);
    };
  }

  /// A tensor attribute; empty when it is absent.
  ///
  /// @throws OctetException (BAD_INPUT) when the attribute is of another kind
  public Optional<Tensor> tensorAttribute(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> Optional.empty();
      case Attribute.OfTensor(Tensor value) -> Optional.of(value);
      // A part of a tensor: passed through, its values not known.
      case Attribute.Opaque _ -> Optional.empty();
      case Attribute other -> throw wrongKind(attribute, "a tensor", other);
    };
  }

  /// The subgraphs among the attributes, in attribute order.
  public List<Graph> subgraphs() {
    List<Graph> found = new ArrayList<>();
    for (Attribute attribute : attributes.values()) {
      switch (attribute) {
        case Attribute.OfGraph(Graph value) -> found.add(value);
        case Attribute.OfGraphs(List<Graph> values) -> found.addAll(values);
        default -> {}
      }
    }
    return found;
  }

  /// `NodeProto` fields not interpreted here: doc string, overload, metadata.
  public OpaqueFields extraFields() {
    return extraFields;
  }

  /// For messages: `Conv 'block1/conv'`, or the first output's name where the node has none.
  public String describe() {
    String op = domain.isEmpty() ? opType : domain + "." + opType;
    if (!name.isEmpty()) {
      return op + " '" + name + "'";
    }
    for (Value output : outputs) {
      if (output != null) {
        return op + " computing '" + output.name() + "'";
      }
    }
    return op;
  }

  @Override
  public String toString() {
    return describe();
  }

  void rename(String newName) {
    name = newName;
  }

  void setGraph(@Nullable Graph owner) {
    graph = owner;
  }

  void setInput(int index, @Nullable Value value) {
    Value old = inputs.get(index);
    if (old != null) {
      old.removeUse(new Use(this, index));
    }
    inputs.set(index, value);
    if (value != null) {
      value.addUse(new Use(this, index));
    }
  }

  void appendInput(@Nullable Value value) {
    inputs.add(null);
    setInput(inputs.size() - 1, value);
  }

  void appendOutput(Value value) {
    outputs.add(value);
    value.setProducer(this);
  }

  void trimInputs(int count) {
    while (inputs.size() > count) {
      setInput(inputs.size() - 1, null);
      inputs.removeLast();
    }
  }

  void setAttribute(String attribute, Attribute value) {
    attributes.put(attribute, value);
  }

  void removeAttribute(String attribute) {
    attributes.remove(attribute);
  }

  /// Registers this node with the values it reads and computes.
  void connect() {
    for (int i = 0; i < inputs.size(); i++) {
      Value value = inputs.get(i);
      if (value != null) {
        value.addUse(new Use(this, i));
      }
    }
    for (Value value : outputs) {
      if (value != null) {
        value.setProducer(this);
      }
    }
  }

  /// Undoes [#connect()].
  void disconnect() {
    for (int i = 0; i < inputs.size(); i++) {
      Value value = inputs.get(i);
      if (value != null) {
        value.removeUse(new Use(this, i));
      }
    }
    for (Value value : outputs) {
      if (value != null) {
        value.setProducer(null);
      }
    }
  }

  /// What a file says is the file's mistake, not the caller's.
  private OctetException wrongKind(String attribute, String expected, Attribute found) {
    return OctetException.badInput(
        "attribute-kind",
        describe(),
        "attribute '" + attribute + "' should be " + expected + ", is " + kind(found),
        "export the model again");
  }

  private static String kind(Attribute attribute) {
    return switch (attribute) {
      case Attribute.OfInt _ -> "an integer";
      case Attribute.OfFloat _ -> "a float";
      case Attribute.OfString _ -> "a string";
      case Attribute.OfTensor _ -> "a tensor";
      case Attribute.OfGraph _ -> "a graph";
      case Attribute.OfType _ -> "a type";
      case Attribute.OfInts _ -> "a list of integers";
      case Attribute.OfFloats _ -> "a list of floats";
      case Attribute.OfStrings _ -> "a list of strings";
      case Attribute.OfTensors _ -> "a list of tensors";
      case Attribute.OfGraphs _ -> "a list of graphs";
      case Attribute.OfTypes _ -> "a list of types";
      case Attribute.Reference _ -> "a reference outside a function";
      case Attribute.Opaque _ -> "something else";
    };
  }
}
