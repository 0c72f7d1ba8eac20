package dev.octet.ir;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Something a graph computes, is given, or holds as a constant. An identity object: never equal to
/// another value, whatever its name.
///
/// A value has at most one source: a node ([#producer()]), constant data ([#initializer()]),
/// constant data that is passed through ([#opaqueInitializer()]) or the caller ([#isGraphInput()]).
/// Only a graph input may have an initializer besides, its default (the custom of IR version 3).
public final class Value {
  private final Model model;
  private String name;
  private @Nullable ValueType type;
  private @Nullable Node producer;
  private @Nullable Tensor initializer;
  private @Nullable OpaqueInitializer opaqueInitializer;
  private boolean graphInput;
  private final List<Graph> outputOf = new ArrayList<>(0);
  private OpaqueFields infoFields = OpaqueFields.NONE;
  private OpaqueFields initializerFields = OpaqueFields.NONE;
  private final Set<Use> uses = new LinkedHashSet<>();

  Value(Model model, String name, @Nullable ValueType type) {
    this.model = model;
    this.name = name;
    this.type = type;
  }

  /// Name in files and messages; unique in its graph and the graphs around it.
  public String name() {
    return name;
  }

  /// What the value holds, if anything is known.
  public Optional<ValueType> type() {
    return Optional.ofNullable(type);
  }

  /// Element type, when the value is known to be a tensor.
  public Optional<DataType> dataType() {
    if (type instanceof ValueType.OfTensor(DataType dataType, Shape ignored)) {
      return Optional.of(dataType);
    }
    return initializer().map(Tensor::dataType);
  }

  /// Dimensions, when the value is known to be a tensor of known rank.
  public Optional<Shape> shape() {
    if (type instanceof ValueType.OfTensor(DataType ignored, Shape shape) && shape != null) {
      return Optional.of(shape);
    }
    return initializer().map(Tensor::shape);
  }

  /// The node that computes this value; empty for graph inputs and initializers.
  public Optional<Node> producer() {
    return Optional.ofNullable(producer);
  }

  /// Every node input that reads this value, in subgraphs too, in the order they were added. A
  /// snapshot, so that editing while looping is safe.
  public List<Use> uses() {
    return new ArrayList<>(uses);
  }

  /// Number of node inputs that read this value; constant time.
  public int useCount() {
    return uses.size();
  }

  /// Constant data held by the graph itself.
  public Optional<Tensor> initializer() {
    return Optional.ofNullable(initializer);
  }

  /// Constant data that Octet passes through: sparse, or a part of a tensor.
  public Optional<OpaqueInitializer> opaqueInitializer() {
    return Optional.ofNullable(opaqueInitializer);
  }

  /// Whether the value never changes between runs: an initializer that no caller can replace.
  public boolean isConstant() {
    return initializer != null && !graphInput;
  }

  public boolean isGraphInput() {
    return graphInput;
  }

  public boolean isGraphOutput() {
    return !outputOf.isEmpty();
  }

  /// Whether nothing reads this value and it is no graph output.
  public boolean isUnused() {
    return uses.isEmpty() && outputOf.isEmpty();
  }

  /// `ValueInfoProto` fields not interpreted here, such as its doc string.
  public OpaqueFields infoFields() {
    return infoFields;
  }

  /// `TensorProto` fields of the initializer not interpreted here.
  public OpaqueFields initializerFields() {
    return initializerFields;
  }

  @Override
  public String toString() {
    return "%" + name;
  }

  void rename(String newName) {
    name = newName;
  }

  void setType(@Nullable ValueType newType) {
    type = newType;
  }

  void setProducer(@Nullable Node node) {
    producer = node;
  }

  void setInitializer(@Nullable Tensor tensor, OpaqueFields fields) {
    initializer = tensor;
    initializerFields = fields;
  }

  /// Takes over what another value knows and this one does not.
  void learnFrom(Value other) {
    type = type == null ? other.type : type;
    infoFields = infoFields.isEmpty() ? other.infoFields : infoFields;
  }

  void setInfoFields(OpaqueFields fields) {
    infoFields = fields;
  }

  void setGraphInput(boolean isInput) {
    graphInput = isInput;
  }

  Model model() {
    return model;
  }

  /// Whether anything gives this value its content.
  boolean hasSource() {
    return producer != null || graphInput || hasData();
  }

  /// Whether the graph itself holds this value's data, in whatever form.
  boolean hasData() {
    return initializer != null || opaqueInitializer != null;
  }

  void setOpaqueInitializer(@Nullable OpaqueInitializer data) {
    opaqueInitializer = data;
  }

  /// The graphs whose output this is, one entry for each time it is listed.
  List<Graph> outputOf() {
    return outputOf;
  }

  void addUse(Use use) {
    uses.add(use);
  }

  void removeUse(Use use) {
    uses.remove(use);
  }
}
