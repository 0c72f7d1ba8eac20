package dev.octet.parity;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Places;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.TensorPlan.Origin;
import dev.octet.plan.TensorPlan.Readers;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// Writes a dynamic plan. Like in static form, what a node becomes depends on what is there as
/// codes by then. A `Gemm` without factors is a `MatMul` and an `Add` to the peer.
final class PeerDynamicPlan {
  private final PeerGraph graph;
  private final PeerOptions options;
  private final PeerOperators operators;
  private final PeerOperatorGrids grids;
  private final Places places;
  private final Map<Value, TensorPlan> coded = new HashMap<>();
  private final Map<String, TensorPlan> tensors = new LinkedHashMap<>();

  private PeerDynamicPlan(PeerGraph graph, PeerOptions options) {
    this.graph = graph;
    this.options = options;
    this.operators = new PeerOperators(options);
    this.grids = new PeerOperatorGrids(graph, options);
    this.places = Places.of(graph.model());
  }

  static QuantizationPlan make(PeerGraph graph, PeerOptions options) {
    return new PeerDynamicPlan(graph, options).plan();
  }

  private QuantizationPlan plan() {
    List<NodePlan> nodes = new ArrayList<>();
    for (Node node : places.nodes()) {
      boolean inSubgraph = node.graph() != graph.model().graph();
      nodes.add(
          new NodePlan(
              QuantizationScheme.label(node),
              places.of(node),
              QuantizationScheme.opType(node),
              inSubgraph && !options.has(PeerSwitch.SUBGRAPHS)
                  ? PeerOperatorRule.kept("it lies in a subgraph")
                  : fate(node)));
    }
    return new QuantizationPlan(
        OutputFormat.DYNAMIC, OutputStyle.PEER, nodes, new ArrayList<>(tensors.values()));
  }

  private NodePlan.Fate fate(Node node) {
    String opType = node.opType();
    String name = node.name();
    if (opType.equals("Gemm")) {
      if (node.floatAttribute("alpha", 1f) != 1f
          || node.floatAttribute("beta", 1f) != 1f
          || node.intAttribute("transA", 0) != 0) {
        return PeerOperatorRule.kept("it is more than a product and a sum");
      }
      opType = "MatMul";
      name = name.isEmpty() ? "" : name + "_MatMul";
    }
    if (!operators.takes(opType, name)) {
      return PeerOperatorRule.kept("it is not to be quantized");
    }
    return switch (opType) {
      case "Conv" -> convolution(node);
      case "MatMul" -> product(node);
      case "LSTM" -> recurrence(node);
      case "Attention" -> attention(node);
      case "Gather" -> lookup(node);
      case "Transpose" -> movement(node);
      case "EmbedLayerNormalization" -> embedding(node);
      default -> PeerOperatorRule.kept("it has no dynamic form");
    };
  }

  private NodePlan.Fate convolution(Node node) {
    if (!isFloat(node, 0)) {
      return PeerOperatorRule.kept("its input does not hold floats");
    }
    if (node.input(2).isPresent() && !graph.isInitializer(input(node, 1))) {
      // The peer fails here.
      return PeerOperatorRule.kept("its weight is computed, not constant");
    }
    return PeerOperatorRule.reading(
        List.of(
            new NodePlan.Read(0, activation(input(node, 0))),
            new NodePlan.Read(1, weight(input(node, 1), OptionalInt.empty()))));
  }

  private NodePlan.Fate product(Node node) {
    Value right = input(node, 1);
    if (!isFloat(node, 0) && !isFloat(node, 1)) {
      return PeerOperatorRule.kept("its inputs do not hold floats");
    }
    if (options.has(PeerSwitch.CONSTANT_MATMUL_ONLY) && !graph.isInitializer(right)) {
      return PeerOperatorRule.kept("its second factor is computed, not constant");
    }
    boolean transposed = node.opType().equals("Gemm") && node.intAttribute("transB", 0) != 0;
    if (transposed && !graph.isInitializer(right)) {
      return PeerOperatorRule.kept("it transposes a computed factor");
    }
    return PeerOperatorRule.reading(
        List.of(
            new NodePlan.Read(0, activation(input(node, 0))),
            new NodePlan.Read(1, weight(right, columns(right, transposed ? 0 : -1)))));
  }

  private NodePlan.Fate recurrence(Node node) {
    if (!isFloat(node, 0) || !isMatrices(input(node, 1)) || !isMatrices(input(node, 2))) {
      return PeerOperatorRule.kept("its weights are not constants of floats");
    }
    return PeerOperatorRule.reading(
        List.of(
            new NodePlan.Read(1, recurrentWeight(input(node, 1))),
            new NodePlan.Read(2, recurrentWeight(input(node, 2)))));
  }

  private NodePlan.Fate attention(Node node) {
    if (node.attributes().containsKey("qkv_hidden_sizes")) {
      return PeerOperatorRule.kept("the integer kernel knows no 'qkv_hidden_sizes'");
    }
    return PeerOperatorRule.reading(
        List.of(
            new NodePlan.Read(0, activation(input(node, 0))),
            new NodePlan.Read(1, weight(input(node, 1), channels(-1)))));
  }

  private NodePlan.Fate lookup(Node node) {
    Value table = input(node, 0);
    if (!graph.isInitializer(table) || graph.realType(table).isEmpty()) {
      return PeerOperatorRule.kept("it does not look up in a constant table of floats");
    }
    return moved(node, table(table));
  }

  private NodePlan.Fate movement(Node node) {
    Value source = input(node, 0);
    boolean forced = options.has(PeerSwitch.FORCE_QUANTIZE);
    boolean constant = graph.isInitializer(source) && graph.realType(source).isPresent();
    if (forced && constant) {
      return moved(node, table(source));
    }
    TensorPlan known = coded.get(source);
    return known == null || forced
        ? PeerOperatorRule.kept("its input comes in float")
        : moved(node, known);
  }

  private NodePlan.Fate embedding(Node node) {
    if (node.outputs().size() > 2) {
      return PeerOperatorRule.kept("it has a third output");
    }
    List<NodePlan.Read> reads = new ArrayList<>();
    for (int i = 2; i <= 6; i++) {
      int index = i;
      node.input(i).ifPresent(value -> reads.add(new NodePlan.Read(index, table(value).key())));
    }
    return PeerOperatorRule.reading(reads);
  }

  private NodePlan.Fate moved(Node node, TensorPlan source) {
    Value output = node.output(0);
    String place = places.of(output);
    put(
        output,
        switch (source) {
          case TensorPlan.Activation codes ->
              new TensorPlan.Activation(
                  place,
                  place,
                  codes.params(),
                  codes.range(),
                  new Origin.SharedWith(codes.sharedWith().orElse(codes.key())),
                  Readers.ALL);
          case TensorPlan.Dynamic codes ->
              new TensorPlan.Dynamic(place, place, codes.element(), Optional.of(codes.key()));
          case TensorPlan.Weight _,
              TensorPlan.Bias _,
              TensorPlan.Conversion _,
              TensorPlan.Dequantized _ ->
              throw new IllegalStateException(source + " is no activation");
        });
    return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, source.key())));
  }

  private String activation(Value value) {
    if (graph.isInitializer(value)) {
      return table(value).key();
    }
    TensorPlan known = coded.get(value);
    if (known != null) {
      return known.key();
    }
    DataType element =
        graph
            .realType(value)
            .flatMap(real -> DataType.fromOnnx(real.onnxNumber()))
            .orElse(DataType.FLOAT);
    String place = places.of(value);
    return put(value, new TensorPlan.Dynamic(place, place, element, Optional.empty()));
  }

  private String weight(Value value, OptionalInt channels) {
    TensorPlan known = coded.get(value);
    if (known != null) {
      return known.key();
    }
    if (!graph.isInitializer(value)) {
      return activation(value);
    }
    return weight(
        value, grids.initializer(value, options.weightType(), CodeSpan.REDUCED, channels));
  }

  private String weight(Value value, QuantParams params) {
    String place = places.of(value);
    return put(value, new TensorPlan.Weight(place, place, params, 1f));
  }

  /// Always INT8, one scale for each direction or for each direction and gate.
  private String recurrentWeight(Value value) {
    TensorPlan known = coded.get(value);
    if (known != null) {
      return known.key();
    }
    DenseTensor tensor = graph.initializer(value).orElseThrow();
    long[] shape = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    if (!options.has(PeerSwitch.PER_CHANNEL)) {
      return weight(
          value, grids.initializer(value, QuantType.INT8, CodeSpan.REDUCED, OptionalInt.of(0)));
    }
    QuantParams rows = grids.recurrent(value, QuantType.INT8, CodeSpan.REDUCED);
    return weight(
        value,
        new QuantParams(
            rows.type(),
            Granularity.perBlock(2, Math.max(1, Math.toIntExact(shape[2]))),
            rows.real(),
            rows.scales(),
            rows.zeroPoints()));
  }

  private TensorPlan.Activation table(Value value) {
    if (coded.get(value) instanceof TensorPlan.Activation known) {
      return known;
    }
    QuantParams params =
        grids.initializer(value, QuantType.UINT8, CodeSpan.FULL, OptionalInt.empty());
    float low = 0f;
    float high = 0f;
    for (float number : PeerConstants.floats(graph.initializer(value).orElseThrow())) {
      low = Math.min(low, number);
      high = Math.max(high, number);
    }
    String place = places.of(value);
    TensorPlan.Activation plan =
        new TensorPlan.Activation(
            place, place, params, new Range(low, high), new Origin.Constant(), Readers.PLANNED);
    put(value, plan);
    return plan;
  }

  /// The peer gives weights of more than two axes a scale for each column too, which no kernel
  /// takes.
  private OptionalInt columns(Value weight, int axis) {
    return graph.initializer(weight).filter(tensor -> tensor.dims().size() > 2).isPresent()
        ? OptionalInt.empty()
        : channels(axis);
  }

  private OptionalInt channels(int axis) {
    return options.has(PeerSwitch.PER_CHANNEL) ? OptionalInt.of(axis) : OptionalInt.empty();
  }

  private boolean isMatrices(Value value) {
    return graph.isInitializer(value)
        && graph.realType(value).isPresent()
        && graph.initializer(value).filter(tensor -> tensor.dims().size() == 3).isPresent();
  }

  private boolean isFloat(Node node, int index) {
    return node.input(index).flatMap(graph::realType).isPresent();
  }

  private static Value input(Node node, int index) {
    return node.input(index).orElseThrow();
  }

  private String put(Value value, TensorPlan plan) {
    coded.put(value, plan);
    tensors.put(plan.key(), Objects.requireNonNull(plan));
    return plan.key();
  }
}
