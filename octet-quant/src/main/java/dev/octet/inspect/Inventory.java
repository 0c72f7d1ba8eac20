package dev.octet.inspect;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.inspect.ModelContents.Compute;
import dev.octet.inspect.ModelContents.ComputeNode;
import dev.octet.inspect.ModelContents.ConstantEntry;
import dev.octet.inspect.ModelContents.NodeEntry;
import dev.octet.inspect.ModelContents.OperatorCount;
import dev.octet.inspect.ModelContents.Place;
import dev.octet.inspect.ModelContents.Port;
import dev.octet.inspect.ModelContents.Purpose;
import dev.octet.inspect.ModelContents.StorageEntry;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.QuantizationScheme;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes stock of one model.
final class Inventory {
  private final Model model;
  private final Model shaped;

  Inventory(Model model) {
    this.model = model;
    this.shaped = model.copy();
    ShapeInference.infer(shaped);
  }

  ModelContents contents() {
    Graph graph = model.graph();
    List<ConstantEntry> constants = constants(graph);
    return new ModelContents(
        model.info(),
        model.opsets(),
        model.metadata(),
        graph.inputs().stream()
            .filter(value -> value.initializer().isEmpty())
            .map(Inventory::port)
            .toList(),
        graph.outputs().stream().map(Inventory::port).toList(),
        operators(graph),
        graph.nodes().stream().map(Inventory::entry).toList(),
        constants,
        storage(constants),
        new Compute(
            shaped.graph().nodes().stream().flatMap(node -> compute(node).stream()).toList()),
        warnings(graph));
  }

  private static Port port(Value value) {
    return new Port(value.name(), value.type().map(Object::toString).orElse("?"));
  }

  private static NodeEntry entry(Node node) {
    return new NodeEntry(
        node.name(),
        node.domain(),
        node.opType(),
        node.inputs().stream().map(value -> value == null ? "" : value.name()).toList(),
        node.outputs().stream().map(value -> value == null ? "" : value.name()).toList());
  }

  private static List<OperatorCount> operators(Graph graph) {
    Map<List<String>, Integer> counts = new LinkedHashMap<>();
    count(graph, counts);
    return counts.entrySet().stream()
        .map(e -> new OperatorCount(e.getKey().get(0), e.getKey().get(1), e.getValue()))
        .sorted(
            Comparator.comparing(OperatorCount::count, Comparator.reverseOrder())
                .thenComparing(OperatorCount::domain)
                .thenComparing(OperatorCount::opType))
        .toList();
  }

  private static void count(Graph graph, Map<List<String>, Integer> counts) {
    for (Node node : graph.nodes()) {
      counts.merge(List.of(node.domain(), node.opType()), 1, Integer::sum);
      node.subgraphs().forEach(subgraph -> count(subgraph, counts));
    }
  }

  private static List<ConstantEntry> constants(Graph graph) {
    List<ConstantEntry> found = new ArrayList<>();
    for (Value value : graph.initializers()) {
      value.initializer().ifPresent(t -> found.add(entry(value, Place.INITIALIZER, t)));
    }
    for (Node node : graph.nodes()) {
      if (node.is("Constant")) {
        Value output = node.output(0);
        node.tensorAttribute("value")
            .or(() -> FoldedConstants.of(output).map(Tensor.class::cast))
            .ifPresent(tensor -> found.add(entry(output, Place.CONSTANT_NODE, tensor)));
      }
    }
    return found;
  }

  private static ConstantEntry entry(Value value, Place place, Tensor tensor) {
    return new ConstantEntry(
        value.name(),
        place,
        purpose(value, tensor),
        tensor.dataType(),
        tensor.dims(),
        tensor.byteSize(),
        value.uses().size());
  }

  private static Purpose purpose(Value value, Tensor tensor) {
    boolean grid =
        !value.uses().isEmpty()
            && value.uses().stream()
                .allMatch(use -> IntegerOperands.gridInputs(use.node()).contains(use.index()));
    if (grid) {
      return Purpose.GRID;
    }
    return switch (tensor.dataType()) {
      case INT64, BOOL, STRING -> Purpose.STRUCTURE;
      default -> Purpose.PARAMETER;
    };
  }

  private static List<StorageEntry> storage(List<ConstantEntry> constants) {
    Map<List<Object>, StorageEntry> totals = new LinkedHashMap<>();
    for (ConstantEntry constant : constants) {
      totals.merge(
          List.of(constant.dataType(), constant.place()),
          new StorageEntry(
              constant.dataType(), constant.place(), 1, constant.elements(), constant.bytes()),
          (a, b) ->
              new StorageEntry(
                  a.dataType(),
                  a.place(),
                  a.tensors() + b.tensors(),
                  a.elements() + b.elements(),
                  a.bytes() + b.bytes()));
    }
    return totals.values().stream()
        .sorted(Comparator.comparingLong(StorageEntry::bytes).reversed())
        .toList();
  }

  private static Optional<ComputeNode> compute(Node node) {
    boolean integer = IntegerOperands.isInteger(node);
    if (!integer && !ComputeCost.isHeavy(node)) {
      return Optional.empty();
    }
    boolean quantized = integer || (comesFromCodes(node, 0) && comesFromCodes(node, 1));
    return Optional.of(
        new ComputeNode(
            QuantizationScheme.label(node),
            QuantizationScheme.opType(node),
            quantized,
            ComputeCost.multiplications(node)));
  }

  private static boolean comesFromCodes(Node node, int input) {
    return node.input(input)
        .flatMap(Value::producer)
        .filter(producer -> producer.is("DequantizeLinear"))
        .isPresent();
  }

  /// A float weight that is quantized at run time costs four bytes a number and the work of
  /// quantizing it in every run.
  private static List<Diagnostic> warnings(Graph graph) {
    List<Diagnostic> found = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.is("QuantizeLinear") && node.input(0).flatMap(FoldedConstants::of).isPresent()) {
        found.add(
            new Diagnostic(
                "float-weight-quantized-at-run-time",
                "tensor '" + node.input(0).orElseThrow().name() + "'",
                "is stored in float and quantized in every run",
                "store its codes instead: a quarter of the size"));
      }
      if (node.is("DequantizeLinear") && node.input(1).flatMap(FoldedConstants::of).isEmpty()) {
        found.add(
            new Diagnostic(
                "scale-not-constant",
                node.describe(),
                "takes a scale that is computed",
                "ONNX Runtime fuses only constant scales to integer kernels"));
      }
    }
    return found;
  }
}
