package dev.octet.parity;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.RealType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model as the peer sees it: typed by shape inference, constants being
/// initializers only.
final class PeerGraph {
  private final Model model;
  private final Map<String, DataType> types = new HashMap<>();
  private final Optional<RealType> defaultType;

  PeerGraph(Model model, PeerOptions options) {
    this.model = model;
    this.defaultType = Optional.ofNullable(options.defaultType());
    Model inferred = model.copy();
    ShapeInference.infer(inferred);
    note(inferred.graph());
  }

  private void note(Graph graph) {
    for (Value value : graph.values()) {
      value.dataType().ifPresent(type -> types.putIfAbsent(value.name(), type));
    }
    graph.nodes().forEach(node -> node.subgraphs().forEach(this::note));
  }

  Model model() {
    return model;
  }

  List<Node> nodes() {
    return model.graph().nodes();
  }

  int opset() {
    return model.opset().orElse(0);
  }

  /// Whether the value is stored with the model: an initializer, which may be a graph input too.
  boolean isInitializer(Value value) {
    return value.initializer().isPresent();
  }

  /// The data of an initializer.
  Optional<DenseTensor> initializer(Value value) {
    return value
        .initializer()
        .flatMap(
            tensor -> tensor instanceof DenseTensor dense ? Optional.of(dense) : Optional.empty());
  }

  /// What a value holds if it can be quantized: 32- or 16-bit floats.
  Optional<RealType> realType(Value value) {
    Optional<DataType> type =
        value
            .initializer()
            .map(Tensor::dataType)
            .or(() -> Optional.ofNullable(types.get(value.name())));
    return type.isPresent() ? type.flatMap(PeerGraph::realType) : defaultType;
  }

  /// Whether a node computes the value by reading codes.
  boolean isDequantized(Value value) {
    return value.producer().filter(node -> node.opType().equals("DequantizeLinear")).isPresent();
  }

  /// Whether just one input of one node reads the value.
  boolean hasOneReader(Value value) {
    return value.useCount() == 1;
  }

  private static Optional<RealType> realType(DataType type) {
    return Arrays.stream(RealType.values())
        .filter(real -> real.onnxNumber() == type.onnxNumber())
        .findFirst();
  }
}
