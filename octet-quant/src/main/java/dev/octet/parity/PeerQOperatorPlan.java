package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.NodePlan;
import dev.octet.plan.NodePlan.Fate;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.QdqForm;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan.Origin;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// A static plan in QOperator form, node by node in order: a node runs on codes when the peer has
/// an
/// integer operator for it and what it reads can be stored; everything else stays in float.
final class PeerQOperatorPlan {
  private static final Fate FLOAT = new Fate.Kept("it has no integer operator, or is excluded");
  private static final int POOLS_ON_CODES = 12;
  private static final int RESIZE_AND_PAD_ON_CODES = 11;

  private final PeerGraph graph;
  private final PeerOptions options;
  private final PeerOperators operators;
  private final PeerGrids grids;
  private final PeerTensors tensors;

  private PeerQOperatorPlan(PeerGraph graph, PeerOptions options, CalibrationTable table) {
    this.graph = graph;
    this.options = options;
    this.operators = new PeerOperators(options);
    this.grids = new PeerGrids(graph, options, operators, table);
    this.tensors = new PeerTensors(graph, options, grids);
  }

  static QuantizationPlan make(PeerGraph graph, PeerOptions options, CalibrationTable table) {
    return new PeerQOperatorPlan(graph, options, table).plan();
  }

  private QuantizationPlan plan() {
    List<NodePlan> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          new NodePlan(
              QuantizationScheme.label(node),
              node.outputs().stream()
                  .filter(Objects::nonNull)
                  .map(Value::name)
                  .findFirst()
                  .orElse(""),
              QuantizationScheme.opType(node),
              fate(node)));
    }
    return new QuantizationPlan(
        OutputFormat.QOPERATOR, OutputStyle.PEER, QdqForm.STANDARD, nodes, tensors.all());
  }

  private Fate fate(Node node) {
    if (node.opType().equals("Where") && options.has(PeerSwitch.FORCE_QUANTIZE)) {
      return pointwise(node, 1, 2);
    }
    if (!operators.takes(node) || !PeerOperators.QOPERATOR.contains(node.opType())) {
      return FLOAT;
    }
    boolean embedding = node.opType().equals("EmbedLayerNormalization");
    if (!embedding && node.input(0).filter(v -> graph.realType(v).isPresent()).isEmpty()) {
      return FLOAT;
    }
    return switch (node.opType()) {
      case "Conv" -> convolution(node);
      case "Gemm" -> gemm(node);
      case "MatMul" -> matMul(node);
      case "Add", "Mul" -> pointwise(node, 0, 1);
      case "Concat" -> pointwise(node, IntStream.range(0, node.inputs().size()).toArray());
      case "LeakyRelu", "AveragePool" -> pointwise(node, 0);
      case "Sigmoid" -> sigmoid(node);
      case "Softmax" -> softmax(node);
      case "Relu", "Clip" -> rectifier(node);
      case "GlobalAveragePool" -> globalPool(node);
      case "ArgMax" -> quantized(node, List.of(0));
      case "Split" -> split(node);
      case "Pad" -> pad(node);
      case "Gather" -> lookup(node);
      case "EmbedLayerNormalization" -> embedding(node);
      case "MaxPool" -> passing(node, POOLS_ON_CODES);
      case "Resize" -> passing(node, RESIZE_AND_PAD_ON_CODES);
      case "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose" -> passing(node, 0);
      default -> FLOAT;
    };
  }

  private Fate convolution(Node node) {
    Value input = node.input(0).orElseThrow();
    Value weight = node.input(1).orElseThrow();
    if (!tensors.read(input)) {
      return FLOAT;
    }
    if (graph.isInitializer(weight) && options.has(PeerSwitch.PER_CHANNEL)) {
      tensors.readKernel(weight);
    } else if (!tensors.readWeight(weight, OptionalInt.empty(), reduced())) {
      return FLOAT;
    }
    return product(node, 1f);
  }

  private Fate gemm(Node node) {
    Value input = node.input(0).orElseThrow();
    Value weight = node.input(1).orElseThrow();
    boolean perChannel = graph.isInitializer(weight) && options.has(PeerSwitch.PER_CHANNEL);
    OptionalInt axis =
        perChannel
            ? OptionalInt.of(node.intAttribute("transB", 0) > 0 ? 0 : 1)
            : OptionalInt.empty();
    if (node.input(2).filter(bias -> !graph.isInitializer(bias)).isPresent()) {
      // The peer leaves the product in float here, with the weight stored as codes.
      return tensors.readWeight(weight, axis, reduced()) ? quantized(node, List.of(1)) : FLOAT;
    }
    if (!tensors.read(input) || !tensors.readWeight(weight, axis, reduced())) {
      return FLOAT;
    }
    return product(node, node.floatAttribute("beta", 1f));
  }

  private Fate product(Node node, float factor) {
    Value input = node.input(0).orElseThrow();
    Value weight = node.input(1).orElseThrow();
    if (!tensors.write(node.output(0))) {
      return FLOAT;
    }
    List<NodePlan.Read> reads = new ArrayList<>(tensors.reads(node, List.of(0, 1)));
    node.input(2)
        .ifPresent(
            bias -> reads.add(new NodePlan.Read(2, tensors.bias(bias, input, weight, factor))));
    boolean folds = factor != 1f && node.input(2).isPresent();
    return new Fate.Quantized(reads, folds ? List.of("beta") : List.of());
  }

  private Fate matMul(Node node) {
    Value left = node.input(0).orElseThrow();
    Value right = node.input(1).orElseThrow();
    if (options.has(PeerSwitch.CONSTANT_MATMUL_ONLY) && !graph.isInitializer(right)) {
      return FLOAT;
    }
    OptionalInt axis =
        graph.isInitializer(right) && options.has(PeerSwitch.PER_CHANNEL)
            ? OptionalInt.of(right.initializer().orElseThrow().dims().size() - 1)
            : OptionalInt.empty();
    if (!tensors.read(left) || !tensors.readWeight(right, axis, reduced())) {
      return FLOAT;
    }
    return tensors.write(node.output(0)) ? quantized(node, List.of(0, 1)) : FLOAT;
  }

  private Fate pointwise(Node node, int... inputs) {
    if (grids.range(node.output(0)).isEmpty() || !readAll(node, inputs)) {
      return FLOAT;
    }
    tensors.write(node.output(0));
    return quantized(node, IntStream.of(inputs).boxed().toList());
  }

  private Fate sigmoid(Node node) {
    return options.has(PeerSwitch.SIGMOID_FOR_NNAPI) ? unitRange(node, 0) : pointwise(node, 0);
  }

  private Fate softmax(Node node) {
    return unitRange(node, options.activationType() == QuantType.UINT8 ? 0 : -128);
  }

  /// Results between 0 and 1, in 256 steps.
  private Fate unitRange(Node node, int zeroPoint) {
    Value result = node.output(0);
    if (grids.range(result).isEmpty() || !readAll(node, 0)) {
      return FLOAT;
    }
    QuantParams own = grids.activation(result, grids.range(result).orElseThrow());
    QuantParams params =
        new QuantParams(
            own.type(),
            own.granularity(),
            own.real(),
            new float[] {1 / 256f},
            new int[] {zeroPoint});
    tensors.write(result, params, new Range(0f, 255 / 256f), new Origin.Known());
    return quantized(node, List.of(0));
  }

  /// Goes away where the codes of its result do its work: the peer also drops one whose input has
  /// other readers, and with it what it does.
  private Fate rectifier(Node node) {
    Value input = node.input(0).orElseThrow();
    if (!tensors.isResult(input)
        || options.has(PeerSwitch.ACTIVATION_SYMMETRIC)
        || !graph.hasOneReader(input)
        || input.isGraphOutput()) {
      return FLOAT;
    }
    tensors.absorb(node);
    return new Fate.Absorbed();
  }

  private Fate globalPool(Node node) {
    Value input = node.input(0).orElseThrow();
    if (!tensors.isStored(input)) {
      return FLOAT;
    }
    if (!tensors.write(node.output(0))) {
      tensors.writeLike(node.output(0), input);
    }
    return quantized(node, List.of(0));
  }

  private Fate split(Node node) {
    Value input = node.input(0).orElseThrow();
    if (!tensors.read(input)) {
      return FLOAT;
    }
    node.outputs().stream()
        .filter(Objects::nonNull)
        .forEach(output -> tensors.writeLike(output, input));
    return quantized(node, List.of(0));
  }

  private Fate pad(Node node) {
    Value input = node.input(0).orElseThrow();
    if (graph.opset() < RESIZE_AND_PAD_ON_CODES || !tensors.isStored(input)) {
      return FLOAT;
    }
    node.input(2)
        .filter(fill -> graph.isInitializer(fill) && !tensors.isStored(fill))
        .ifPresent(fill -> tensors.readLike(fill, input));
    tensors.writeLike(node.output(0), input);
    return quantized(node, List.of(0, 2));
  }

  private Fate lookup(Node node) {
    Value data = node.input(0).orElseThrow();
    if (!graph.isInitializer(data)) {
      return FLOAT;
    }
    tensors.read(data);
    tensors.writeLike(node.output(0), data);
    return quantized(node, List.of(0));
  }

  private Fate embedding(Node node) {
    boolean three = node.outputs().stream().filter(Objects::nonNull).count() > 2;
    return !three && readAll(node, 2, 3, 4, 5, 6) ? quantized(node, List.of(2, 3, 4, 5, 6)) : FLOAT;
  }

  /// Moves or selects codes. Where the peer is told to quantize in any case it looks for a constant
  /// to move, and finds none.
  private Fate passing(Node node, int opset) {
    Value input = node.input(0).orElseThrow();
    boolean force = options.has(PeerSwitch.FORCE_QUANTIZE);
    boolean possible = force ? graph.isInitializer(input) : tensors.isStored(input);
    if (graph.opset() < opset || !possible) {
      return FLOAT;
    }
    tensors.read(input);
    tensors.writeLike(node.output(0), input);
    return quantized(node, List.of(0));
  }

  private boolean readAll(Node node, int... inputs) {
    for (int index : inputs) {
      if (node.input(index).isPresent() && !tensors.read(node.input(index).orElseThrow())) {
        return false;
      }
    }
    return true;
  }

  private Fate quantized(Node node, List<Integer> inputs) {
    List<NodePlan.Read> reads = tensors.reads(node, inputs);
    return reads.isEmpty() ? FLOAT : new Fate.Quantized(reads, List.of());
  }

  private CodeSpan reduced() {
    return options.has(PeerSwitch.REDUCE_RANGE) ? CodeSpan.REDUCED : CodeSpan.FULL;
  }
}
