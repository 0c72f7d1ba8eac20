package dev.octet.parity;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.RealType;
import dev.octet.plan.BiasForm;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.OwnGrids;
import dev.octet.plan.QdqForm;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.TensorPlan.Origin;
import dev.octet.plan.TensorPlan.Readers;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes a static plan in QDQ form from what was marked.
final class PeerQdqPlan {
  private static final int OPSET_OF_16_AND_4_BIT_CODES = 21;
  private static final int OPSET_OF_FLOAT16_VALUES = 19;

  private final PeerGraph graph;
  private final PeerOptions options;
  private final PeerOperators operators;
  private final PeerGrids grids;
  private final PeerMarks marks;

  /// By the value's name or the bias's key.
  private final Map<String, TensorPlan> tensors = new LinkedHashMap<>();

  /// Nodes that read the converted form of a value; all of them when absent.
  private final Map<Value, Set<String>> convertedFor = new HashMap<>();

  private final Map<Node, PeerMarks.Bias> biasOf = new HashMap<>();

  private PeerQdqPlan(PeerGraph graph, PeerOptions options, CalibrationTable table) {
    this.graph = graph;
    this.options = options;
    this.operators = new PeerOperators(options);
    this.grids = new PeerGrids(graph, options, operators, table);
    this.marks = new PeerMarker(graph, options, operators, grids).run();
    for (PeerMarks.Bias bias : marks.biases().values()) {
      biasOf.put(bias.node(), bias);
    }
  }

  static QuantizationPlan make(PeerGraph graph, PeerOptions options, CalibrationTable table) {
    return new PeerQdqPlan(graph, options, table).plan();
  }

  private QuantizationPlan plan() {
    requireRanges();
    ownGrids();
    sharedGrids();
    // The peer stores biases of float8 weights as floats, behind a Cast that changes nothing.
    if (options.biases() == BiasForm.CODES && !options.weightType().isFloat()) {
      biases();
    }
    List<NodePlan> nodes = graph.nodes().stream().map(this::node).toList();
    return new QuantizationPlan(
        OutputFormat.QDQ, OutputStyle.PEER, form(), nodes, List.copyOf(tensors.values()));
  }

  private QdqForm form() {
    boolean newTypes = options.usesType(2 * Byte.SIZE) || options.usesType(Byte.SIZE / 2);
    boolean old = graph.opset() < OPSET_OF_16_AND_4_BIT_CODES;
    // The peer writes files here that nothing opens.
    boolean half = graph.opset() < OPSET_OF_FLOAT16_VALUES && hasFloat16();
    boolean contrib = options.has(PeerSwitch.CONTRIB_DOMAIN) || (newTypes && old) || half;
    return new QdqForm(
        contrib ? QdqForm.Domain.MICROSOFT : QdqForm.Domain.ONNX,
        options.has(PeerSwitch.PAIR_ON_WEIGHTS)
            ? QdqForm.Constants.FLOAT_WITH_PAIR
            : QdqForm.Constants.CODES);
  }

  private boolean hasFloat16() {
    return marks.tensors().keySet().stream()
        .anyMatch(value -> graph.realType(value).orElseThrow() == RealType.FLOAT16);
  }

  private void requireRanges() {
    List<Diagnostic> missing = new ArrayList<>();
    marks
        .tensors()
        .forEach(
            (value, mark) -> {
              if (!(mark instanceof PeerMarks.Mark.Shared)
                  && !graph.isInitializer(value)
                  && !graph.isDequantized(value)
                  && grids.range(value).isEmpty()) {
                missing.add(
                    new Diagnostic(
                        "range-missing",
                        "tensor '" + value.name() + "'",
                        "is to be quantized but has no range",
                        "calibrate the model, or exclude the nodes that read and compute it"));
              }
            });
    if (!missing.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, missing, null);
    }
  }

  private void ownGrids() {
    Map<Value, QuantParams> constants = constants();
    marks
        .tensors()
        .forEach(
            (value, mark) -> {
              if (constants.containsKey(value)) {
                constant(value, mark, Objects.requireNonNull(constants.get(value)));
              } else if (graph.isDequantized(value)) {
                OwnGrids.of(value)
                    .ifPresent(
                        own ->
                            tensors.put(
                                value.name(),
                                new TensorPlan.Dequantized(value.name(), value.name(), own)));
              } else if (!(mark instanceof PeerMarks.Mark.Shared)) {
                Range range = grids.range(value).orElseThrow();
                activation(value, grids.activation(value, range), range, origin(value));
              }
            });
  }

  private void constant(Value value, PeerMarks.Mark mark, QuantParams params) {
    String name = value.name();
    tensors.put(
        name,
        mark instanceof PeerMarks.Mark.Weight
            ? new TensorPlan.Weight(name, name, params, 1f)
            : new TensorPlan.Activation(
                name,
                name,
                params,
                PeerConstants.ranges(
                    PeerConstants.floats(graph.initializer(value).orElseThrow()),
                    new long[0],
                    Granularity.perTensor())[0],
                new Origin.Constant(),
                Readers.ALL));
  }

  private Origin origin(Value value) {
    return grids.isStated(value)
        ? new Origin.Stated()
        : value.producer().filter(node -> node.opType().equals("Softmax")).isPresent()
            ? new Origin.Known()
            : new Origin.Calibrated(options.calibration());
  }

  private void activation(Value value, QuantParams params, Range range, Origin origin) {
    String name = value.name();
    boolean dedicated =
        options.has(PeerSwitch.DEDICATED_PAIRS)
            && marks.readers().getOrDefault(value, List.of()).size() > 1;
    tensors.put(
        name,
        new TensorPlan.Activation(
            name, name, params, range, origin, dedicated ? Readers.DEDICATED : Readers.ALL));
    grids
        .conversion(value)
        .ifPresent(
            conversion -> {
              Range own = grids.range(value).orElse(range);
              conversion(value, own, conversion, grids.converted(value, own, conversion));
            });
  }

  private void conversion(
      Value value, Range range, PeerOverride.Conversion conversion, QuantParams params) {
    if (((TensorPlan.Activation) Objects.requireNonNull(tensors.get(value.name()))).readers()
        == Readers.DEDICATED) {
      throw OctetException.usage(
          "conversion-of-dedicated-pairs",
          "tensor '" + value.name() + "'",
          "cannot be converted while each of its readers has a pair of its own",
          "leave out DedicatedQDQPair, or the conversion");
    }
    String key = convertedKey(value.name());
    Set<String> readers =
        marks.readers().getOrDefault(value, List.of()).stream()
            .map(use -> use.node().name())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    List<String> chosen = conversion.readers();
    boolean all = chosen == null || readers.size() == Set.copyOf(chosen).size();
    if (!all) {
      convertedFor.put(value, Set.copyOf(chosen));
    }
    tensors.put(
        key,
        new TensorPlan.Conversion(
            value.name(), key, value.name(), params, range, all ? Readers.ALL : Readers.PLANNED));
  }

  /// Parameters of everything marked that is an initializer, scales widened where a bias would not
  /// fit into 32 bits otherwise.
  private Map<Value, QuantParams> constants() {
    Map<Value, QuantParams> params = new LinkedHashMap<>();
    marks
        .tensors()
        .forEach(
            (value, mark) -> {
              if (graph.isInitializer(value)) {
                OptionalInt axis =
                    mark instanceof PeerMarks.Mark.Weight(OptionalInt channels)
                        ? channels
                        : OptionalInt.empty();
                params.put(
                    value, grids.initializer(value, mark instanceof PeerMarks.Mark.Weight, axis));
              }
            });
    if (!options.has(PeerSwitch.KEEP_WEIGHT_SCALES)) {
      marks.biases().values().forEach(bias -> widen(bias, params));
    }
    return params;
  }

  private void widen(PeerMarks.Bias bias, Map<Value, QuantParams> params) {
    QuantParams weight = params.get(bias.weight());
    Range range = grids.range(bias.input()).orElse(null);
    if (weight == null || range == null || !marks.tensors().containsKey(bias.input())) {
      return;
    }
    float[] values = biasValues(bias, weight.count());
    if (weight.count() == 1 || weight.count() == values.length) {
      float scale = inputParams(bias, range).scale(0);
      params.put(bias.weight(), BiasQuantizer.weightParamsFor(values, scale, weight));
    }
  }

  private QuantParams inputParams(PeerMarks.Bias bias, Range range) {
    Optional<QuantParams> own = OwnGrids.of(bias.input());
    if (own.isPresent()) {
      return own.get();
    }
    return grids
        .conversion(bias.input())
        .filter(
            conversion ->
                conversion.readers() == null || conversion.readers().contains(bias.node().name()))
        .map(conversion -> grids.converted(bias.input(), range, conversion))
        .orElseGet(() -> grids.activation(bias.input(), range));
  }

  private float[] biasValues(PeerMarks.Bias bias, int channels) {
    DenseTensor tensor = graph.initializer(bias.value()).orElseThrow();
    float[] values = PeerConstants.floats(tensor);
    float[] spread = new float[values.length == 1 ? channels : values.length];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = bias.factor() * values[values.length == 1 ? 0 : i];
    }
    return spread;
  }

  /// Until nothing moves any more: a provider may share another's parameters itself.
  private void sharedGrids() {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Map.Entry<Value, PeerMarks.Mark> entry : marks.tensors().entrySet()) {
        if (!tensors.containsKey(entry.getKey().name())
            && entry.getValue() instanceof PeerMarks.Mark.Shared(Value provider, Node reader)
            && tensors.containsKey(provider.name())) {
          share(entry.getKey(), Objects.requireNonNull(tensors.get(key(provider, reader))));
          moved = true;
        }
      }
    }
  }

  private void share(Value value, TensorPlan provider) {
    Range range = StoredTensors.range(provider);
    String root = provider.sharedWith().orElse(provider.key());
    activation(value, StoredTensors.params(provider), range, new Origin.SharedWith(root));
  }

  private void biases() {
    for (PeerMarks.Bias bias : marks.biases().values()) {
      String input = key(bias.input(), bias.node());
      String weight = key(bias.weight(), bias.node());
      if (tensors.containsKey(bias.key())
          || !tensors.containsKey(input)
          || !tensors.containsKey(weight)) {
        continue;
      }
      QuantParams params = StoredTensors.params(Objects.requireNonNull(tensors.get(weight)));
      if (params.granularity() instanceof Granularity.PerBlock) {
        continue; // no product of scales that would fit; the peer fails
      }
      tensors.put(
          bias.key(),
          new TensorPlan.Bias(
              bias.value().name(),
              bias.key(),
              input,
              weight,
              bias.factor(),
              biasValues(bias, params.count()).length));
    }
  }

  private NodePlan node(Node node) {
    return new NodePlan(
        QuantizationScheme.label(node),
        node.outputs().stream().filter(Objects::nonNull).map(Value::name).findFirst().orElse(""),
        QuantizationScheme.opType(node),
        fate(node));
  }

  private NodePlan.Fate fate(Node node) {
    if (marks.removed().contains(node)) {
      return new NodePlan.Fate.Absorbed();
    }
    boolean takesPart = operators.takes(node);
    List<NodePlan.Read> reads = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      Value value = node.inputs().get(i);
      if (value == null) {
        continue;
      }
      String key = key(value, node);
      if (tensors.containsKey(key) && (takesPart || graph.isInitializer(value))) {
        reads.add(new NodePlan.Read(i, key));
      }
    }
    boolean stores =
        node.outputs().stream()
            .anyMatch(output -> output != null && tensors.containsKey(output.name()));
    if (!reads.isEmpty() || (takesPart && stores)) {
      return new NodePlan.Fate.Quantized(reads, folded(node));
    }
    return new NodePlan.Fate.Kept(
        takesPart ? "nothing that it reads or computes is quantized" : "it is not to be quantized");
  }

  /// A Gemm's `beta` goes into the codes of its bias.
  private List<String> folded(Node node) {
    PeerMarks.Bias bias = biasOf.get(node);
    boolean scaled =
        bias != null && bias.factor() != 1f && tensors.get(bias.key()) instanceof TensorPlan.Bias;
    return scaled ? List.of("beta") : List.of();
  }

  /// The tensor plan that `node` reads a value through.
  private String key(Value value, Node node) {
    String converted = convertedKey(value.name());
    Set<String> chosen = convertedFor.get(value);
    if (tensors.containsKey(converted) && (chosen == null || chosen.contains(node.name()))) {
      return converted;
    }
    PeerMarks.Bias bias = biasOf.get(node);
    return bias != null && bias.value() == value && tensors.containsKey(bias.key())
        ? bias.key()
        : value.name();
  }

  private static String convertedKey(String name) {
    return name + "_convert";
  }
}
