package dev.octet.plan;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.RealType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the op quantizers may know about the model around a node.
public final class ModelFacts {
  /// Operators whose results have the element type of their first input; used where a model states
  /// no types.
  private static final Set<String> OTHER_RESULT_TYPE =
      Set.of(
          "Cast",
          "Shape",
          "Size",
          "ArgMax",
          "ArgMin",
          "Equal",
          "Greater",
          "Less",
          "NonZero",
          "QuantizeLinear",
          "DynamicQuantizeLinear",
          "IsNaN",
          "IsInf",
          "Not",
          "ConstantOfShape");

  private final Model model;
  private final Places places;
  private final Map<Value, DataType> types = new HashMap<>();

  ModelFacts(Model model) {
    this.model = model;
    this.places = Places.of(model);
    note(model.graph());
  }

  public Model model() {
    return model;
  }

  /// Every node in the order they run, those of a body before the node that runs it.
  public List<Node> nodes() {
    return places.nodes();
  }

  /// What plans call the nodes and values.
  public Places places() {
    return places;
  }

  /// The imported version of ONNX's own operators; 0 when the model imports none.
  public int opset() {
    return model.opset().orElse(0);
  }

  /// The data of a value that never changes: an initializer or the result of a `Constant` node.
  public Optional<DenseTensor> constant(Value value) {
    return constantOf(value);
  }

  /// As [#constant], for an input that may be left out.
  public Optional<DenseTensor> constantInput(Node node, int index) {
    return node.input(index).flatMap(ModelFacts::constantOf);
  }

  /// The scale and zero point of a value that the model itself dequantizes from 8-bit codes of one
  /// scale, which is what integer kernels read.
  public Optional<QuantParams> dequantized(Value value) {
    return OwnGrids.of(value)
        .filter(params -> params.granularity() instanceof Granularity.PerTensor)
        .filter(params -> params.type().bits() == Byte.SIZE && !params.type().isFloat());
  }

  /// What the value holds, as stated by the model or following from the operator that computes it.
  public Optional<DataType> type(Value value) {
    return Optional.ofNullable(types.get(value));
  }

  /// The kind of real numbers a value holds, as stated by the model or following from the operator
  /// that computes it; empty for everything that cannot be quantized.
  public Optional<RealType> real(Value value) {
    return switch (types.get(value)) {
      case FLOAT -> Optional.of(RealType.FLOAT);
      case FLOAT16 -> Optional.of(RealType.FLOAT16);
      case null, default -> Optional.empty();
    };
  }

  /// Whether the value holds 32-bit floats, as stated by the model or following from the operator
  /// that computes it.
  public boolean isFloat32(Value value) {
    return types.get(value) == DataType.FLOAT;
  }

  /// Whether the input is there and holds 32-bit floats.
  public boolean isFloat32(Node node, int index) {
    return node.input(index).map(this::isFloat32).orElse(false);
  }

  /// Whether the input is there and holds 32- or 16-bit floats.
  public boolean isReal(Node node, int index) {
    return node.input(index).flatMap(this::real).isPresent();
  }

  /// Number of dimensions, when it is known.
  public Optional<Integer> rank(Value value) {
    return value
        .shape()
        .map(Shape::rank)
        .or(() -> constant(value).map(tensor -> tensor.dims().size()));
  }

  static Optional<DenseTensor> constantOf(Value value) {
    if (value.isConstant()) {
      return value.initializer().flatMap(ModelFacts::dense);
    }
    return value.producer().filter(node -> node.is("Constant")).flatMap(ModelFacts::constantOf);
  }

  private static Optional<DenseTensor> constantOf(Node node) {
    Optional<DenseTensor> tensor = node.tensorAttribute("value").flatMap(ModelFacts::dense);
    if (tensor.isPresent()) {
      return tensor;
    }
    if (node.attributes().containsKey("value_float")) {
      return Optional.of(DenseTensor.scalar(node.floatAttribute("value_float", 0)));
    }
    if (node.attributes().get("value_floats")
        instanceof dev.octet.ir.Attribute.OfFloats(List<Float> floats)) {
      float[] values = new float[floats.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = floats.get(i);
      }
      return Optional.of(DenseTensor.ofFloats(values, values.length));
    }
    return Optional.empty();
  }

  private void note(Graph graph) {
    for (Value value : graph.values()) {
      value.dataType().ifPresent(type -> types.put(value, type));
    }
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(this::note);
      for (Value output : node.outputs()) {
        if (output != null && !types.containsKey(output)) {
          resultType(node).ifPresent(type -> types.put(output, type));
        }
      }
    }
  }

  private static Optional<DenseTensor> dense(Tensor tensor) {
    return tensor instanceof DenseTensor dense ? Optional.of(dense) : Optional.empty();
  }

  private Optional<DataType> resultType(Node node) {
    if (node.is("Constant")) {
      return constantOf(node).map(DenseTensor::dataType);
    }
    if (!node.domain().isEmpty() || OTHER_RESULT_TYPE.contains(node.opType())) {
      return Optional.empty();
    }
    return node.input(node.is("Where") ? 1 : 0).map(types::get);
  }
}
