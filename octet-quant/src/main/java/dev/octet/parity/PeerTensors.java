package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.NodePlan;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.TensorPlan.Origin;
import dev.octet.plan.TensorPlan.Readers;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// What a QOperator quantization has stored as codes so far: the peer's `quantized_value_map`.
final class PeerTensors {
  private final PeerGraph graph;
  private final PeerOptions options;
  private final PeerGrids grids;
  private final Map<String, TensorPlan> tensors = new LinkedHashMap<>();
  private final Map<Value, String> keys = new HashMap<>();

  PeerTensors(PeerGraph graph, PeerOptions options, PeerGrids grids) {
    this.graph = graph;
    this.options = options;
    this.grids = grids;
  }

  List<TensorPlan> all() {
    return List.copyOf(tensors.values());
  }

  boolean isStored(Value value) {
    return keys.containsKey(value);
  }

  /// The key of the plan for a stored value.
  String key(Value value) {
    return Objects.requireNonNull(keys.get(value), value::name);
  }

  /// Stores what an operator reads, if it is not stored yet: an initializer in the range of its
  /// data, a computed value in its own.
  ///
  /// @return whether it is stored now; a value without a range is not
  boolean read(Value value) {
    if (isStored(value)) {
      return true;
    }
    if (graph.isInitializer(value)) {
      constant(value, grids.elementwise(value));
      return true;
    }
    Optional<Range> range = grids.range(value);
    if (range.isEmpty() || graph.realType(value).isEmpty()) {
      return false;
    }
    put(
        new TensorPlan.Activation(
            value.name(),
            value.name(),
            grids.activation(value, range.get()),
            range.get(),
            new Origin.Calibrated(options.calibration()),
            Readers.PLANNED),
        value);
    return true;
  }

  /// Stores a weight with the parameters it is first read with.
  ///
  /// @param channels the axis with a scale for each index; empty for one scale
  /// @param type the codes
  /// @param span how many of them
  boolean readWeight(Value value, OptionalInt channels, CodeSpan span) {
    if (isStored(value) || !graph.isInitializer(value)) {
      return read(value);
    }
    put(
        new TensorPlan.Weight(value.name(), value.name(), grids.product(value, channels, span), 1f),
        value);
    return true;
  }

  /// As [#readWeight] with one scale for each channel, for convolutions: INT8 whatever was asked.
  void readKernel(Value value) {
    if (!isStored(value)) {
      put(new TensorPlan.Weight(value.name(), value.name(), grids.kernel(value), 1f), value);
    }
  }

  /// Stores a result in its own range.
  ///
  /// @return whether it has one
  boolean write(Value value) {
    Optional<Range> range = grids.range(value);
    range.ifPresent(
        found ->
            write(
                value,
                grids.activation(value, found),
                found,
                new Origin.Calibrated(options.calibration())));
    return range.isPresent();
  }

  void write(Value value, QuantParams params, Range range, Origin origin) {
    put(
        new TensorPlan.Activation(value.name(), value.name(), params, range, origin, Readers.ALL),
        value);
  }

  /// Stores a result with the parameters of what is read.
  void writeLike(Value value, Value read) {
    TensorPlan source = plan(read);
    write(
        value,
        StoredTensors.params(source),
        StoredTensors.range(source),
        new Origin.SharedWith(source.sharedWith().orElse(source.key())));
  }

  /// Stores a constant with the parameters of something else that is read.
  void readLike(Value constant, Value read) {
    TensorPlan source = plan(read);
    put(
        new TensorPlan.Activation(
            constant.name(),
            constant.name(),
            StoredTensors.params(source),
            StoredTensors.range(source),
            new Origin.SharedWith(source.sharedWith().orElse(source.key())),
            Readers.ALL),
        constant);
  }

  /// A rectifier goes away: what it reads is stored under its result's name.
  void absorb(Node rectifier) {
    Value input = rectifier.input(0).orElseThrow();
    String key = key(input);
    TensorPlan.Activation plan = (TensorPlan.Activation) plan(input);
    tensors.put(
        key,
        new TensorPlan.Activation(
            rectifier.output(0).name(),
            key,
            plan.params(),
            plan.range(),
            plan.origin(),
            plan.readers()));
    keys.put(rectifier.output(0), key);
  }

  /// Whether an operator on codes computes the value, in a range of its own.
  boolean isResult(Value value) {
    return isStored(value)
        && value.producer().isPresent()
        && plan(value) instanceof TensorPlan.Activation activation
        && activation.readers() == Readers.ALL
        && activation.sharedWith().isEmpty();
  }

  /// Stores a bias, widening the weight's scales where it would not fit into 32 bits.
  ///
  /// @return its key
  String bias(Value bias, Value input, Value weight, float factor) {
    String weightKey = key(weight);
    float[] values = PeerConstants.floats(graph.initializer(bias).orElseThrow());
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    QuantParams grid = StoredTensors.params(plan(weight));
    int length = Math.max(values.length, grid.count());
    if (values.length == 1 && length > 1) {
      float only = values[0];
      values = new float[length];
      Arrays.fill(values, only);
    }
    if (plan(weight) instanceof TensorPlan.Weight stored
        && options.weightType() == QuantType.INT8
        && (grid.count() == 1 || grid.count() == values.length)) {
      float scale = StoredTensors.params(plan(input)).scale(0);
      QuantParams wider = BiasQuantizer.weightParamsFor(values, scale, grid);
      tensors.put(
          weightKey, new TensorPlan.Weight(stored.value(), stored.key(), wider, stored.factor()));
    }
    TensorPlan.Bias unnamed =
        new TensorPlan.Bias(bias.name(), "", key(input), weightKey, factor, length);
    String name = bias.name();
    for (int n = 0; tensors.containsKey(name); n++) {
      if (tensors.get(name) instanceof TensorPlan.Bias known
          && known.activation().equals(unnamed.activation())
          && known.weight().equals(weightKey)
          && known.factor() == factor) {
        return name;
      }
      name = bias.name() + n;
    }
    tensors.put(
        name, new TensorPlan.Bias(bias.name(), name, key(input), weightKey, factor, length));
    return name;
  }

  private void constant(Value value, QuantParams params) {
    Range range =
        PeerConstants.ranges(
            PeerConstants.floats(graph.initializer(value).orElseThrow()),
            new long[0],
            Granularity.perTensor())[0];
    put(
        new TensorPlan.Activation(
            value.name(), value.name(), params, range, new Origin.Constant(), Readers.ALL),
        value);
  }

  private void put(TensorPlan plan, Value value) {
    tensors.put(plan.key(), plan);
    keys.put(value, plan.key());
  }

  private TensorPlan plan(Value value) {
    return Objects.requireNonNull(tensors.get(key(value)));
  }

  /// Reads of a node, given which inputs go through what is stored.
  List<NodePlan.Read> reads(Node node, List<Integer> inputs) {
    List<NodePlan.Read> reads = new ArrayList<>();
    for (int index : inputs) {
      node.input(index)
          .filter(this::isStored)
          .ifPresent(value -> reads.add(new NodePlan.Read(index, key(value))));
    }
    return reads;
  }
}
