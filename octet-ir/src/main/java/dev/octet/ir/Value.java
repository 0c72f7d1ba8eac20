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
/// A value is at most one of: output of a node ([#producer()]), initializer ([#initializer()]). A
/// graph input may also have an initializer, its default (the custom of IR version 3).
public final class Value {
  private String name;
  private @Nullable ValueType type;
  private @Nullable Node producer;
  private @Nullable Tensor initializer;
  private boolean graphInput;
  private int outputCount;
  private OpaqueFields infoFields = OpaqueFields.NONE;
  private OpaqueFields initializerFields = OpaqueFields.NONE;
  private final Set<Use> uses = new LinkedHashSet<>();

  Value(String name, @Nullable ValueType type) {
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

  /// Whether the value never changes between runs: an initializer that no caller can replace.
  public boolean isConstant() {
    return initializer != null && !graphInput;
  }

  public boolean isGraphInput() {
    return graphInput;
  }

  public boolean isGraphOutput() {
    return outputCount > 0;
  }

  /// Whether nothing reads this value and it is no graph output.
  public boolean isUnused() {
    return uses.isEmpty() && outputCount == 0;
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

  void setInfoFields(OpaqueFields fields) {
    infoFields = fields;
  }

  void setGraphInput(boolean isInput) {
    graphInput = isInput;
  }

  void countOutput(int change) {
    outputCount += change;
  }

  void addUse(Use use) {
    uses.add(use);
  }

  void removeUse(Use use) {
    uses.remove(use);
  }
}
