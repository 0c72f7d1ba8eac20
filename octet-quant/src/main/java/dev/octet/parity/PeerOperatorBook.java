package dev.octet.parity;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.FoldedConstants;
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

/// What is there as codes so far, while [PeerOperatorPlan] goes through the nodes in order.
final class PeerOperatorBook {
  private final PeerGraph graph;
  private final PeerOptions options;
  private final PeerGrids grids;
  private final PeerOperatorGrids constants;
  private final Map<Value, String> coded = new HashMap<>();
  private final Map<String, TensorPlan> tensors = new LinkedHashMap<>();

  PeerOperatorBook(
      PeerGraph graph, PeerOptions options, PeerOperators operators, CalibrationTable table) {
    this.graph = graph;
    this.options = options;
    this.grids = new PeerGrids(graph, options, operators, table);
    this.constants = new PeerOperatorGrids(graph, options);
  }

  PeerGraph graph() {
    return graph;
  }

  PeerOptions options() {
    return options;
  }

  List<TensorPlan> tensors() {
    return new ArrayList<>(tensors.values());
  }

  /// The plan through which the value is there as codes.
  Optional<String> coded(Value value) {
    return Optional.ofNullable(coded.get(value));
  }

  TensorPlan plan(String key) {
    return Objects.requireNonNull(tensors.get(key), key);
  }

  boolean hasRange(Value value) {
    return grids.range(value).isPresent();
  }

  /// Codes of what an operator reads as an activation; empty when its range is not known.
  Optional<String> activation(Value value) {
    Optional<String> known = coded(value);
    if (known.isPresent()) {
      return known;
    }
    if (graph.isInitializer(value)) {
      return graph.realType(value).isEmpty()
          ? Optional.empty()
          : Optional.of(constant(value, options.activationType(), CodeSpan.FULL));
    }
    return grids
        .range(value)
        .map(
            range ->
                put(
                    value,
                    new TensorPlan.Activation(
                        value.name(),
                        value.name(),
                        grids.activation(value, range),
                        range,
                        new Origin.Calibrated(options.calibration()),
                        Readers.PLANNED)));
  }

  /// Codes of what an operator reads as a weight; a computed one is an activation.
  ///
  /// @param span whether a reduced range applies to it
  /// @param channels the axis with a scale for each index
  Optional<String> weight(Value value, QuantType type, CodeSpan span, OptionalInt channels) {
    Optional<String> known = coded(value);
    if (known.isPresent()) {
      return known;
    }
    if (!graph.isInitializer(value)) {
      return activation(value);
    }
    if (graph.realType(value).isEmpty()) {
      return Optional.empty();
    }
    QuantParams params = constants.initializer(value, type, span, channels);
    return Optional.of(put(value, new TensorPlan.Weight(value.name(), value.name(), params, 1f)));
  }

  /// Notes that a node computes codes in the range of its result.
  String result(Value value) {
    Range range = grids.range(value).orElseThrow();
    return result(value, grids.activation(value, range), range);
  }

  /// Notes that a node computes codes of given parameters.
  String result(Value value, QuantParams params, Range range) {
    return put(
        value,
        new TensorPlan.Activation(
            value.name(),
            value.name(),
            params,
            range,
            new Origin.Calibrated(options.calibration()),
            Readers.ALL));
  }

  /// Notes that a node's result has another's scale and zero point.
  String resultLike(Value value, String key) {
    return switch (plan(key)) {
      case TensorPlan.Activation(
              var of,
              var own,
              var params,
              var range,
              var origin,
              var readers) -> {
        String root = origin instanceof Origin.SharedWith(String other) ? other : own;
        yield put(
            value,
            new TensorPlan.Activation(
                value.name(),
                value.name(),
                params,
                range,
                new Origin.SharedWith(root),
                Readers.ALL));
      }
      case TensorPlan.Conversion _,
          TensorPlan.Weight _,
          TensorPlan.Bias _,
          TensorPlan.Dynamic _,
          TensorPlan.Dequantized _ ->
          throw new IllegalStateException("'" + key + "' is no activation");
    };
  }

  /// Codes of a bias, the weight's scales widened where it would not fit. Unlike the peer's, a bias
  /// that two nodes share is stored once for each scale it needs.
  ///
  /// @param factor what its operator multiplies it with
  String bias(Value value, Node node, String activation, String weight, float factor, int length) {
    TensorPlan.Bias wanted =
        new TensorPlan.Bias(value.name(), value.name(), activation, weight, factor, length);
    TensorPlan known = tensors.get(value.name());
    if (known == null || known.equals(wanted)) {
      tensors.put(value.name(), wanted);
      return value.name();
    }
    String key = value.name() + "#" + node.output(0).name();
    tensors.put(key, new TensorPlan.Bias(value.name(), key, activation, weight, factor, length));
    return key;
  }

  /// Whether the codes of a bias fit into 32 bits, the weight's scales widened where that helps.
  /// The peer cuts them off.
  boolean fits(Value value, String activation, String weight, float factor, int length) {
    widen(value, activation, weight, factor, length);
    float[] bias = FoldedConstants.spread(graph.initializer(value).orElseThrow(), factor, length);
    return BiasQuantizer.quantize(bias, params(activation).scale(0), params(weight).scales())
            .saturated()
        == 0;
  }

  private QuantParams params(String key) {
    return switch (plan(key)) {
      case TensorPlan.Activation activation -> activation.params();
      case TensorPlan.Weight weight -> weight.params();
      case TensorPlan.Conversion _,
          TensorPlan.Bias _,
          TensorPlan.Dynamic _,
          TensorPlan.Dequantized _ ->
          throw new IllegalStateException("'" + key + "' has no scale of its own");
    };
  }

  private void widen(Value value, String activation, String weight, float factor, int length) {
    if (options.weightType() != QuantType.INT8
        || !(plan(weight) instanceof TensorPlan.Weight(var of, var key, var params, var times))
        || !(plan(activation) instanceof TensorPlan.Activation data)) {
      return;
    }
    float[] bias = FoldedConstants.spread(graph.initializer(value).orElseThrow(), factor, length);
    tensors.put(
        weight,
        new TensorPlan.Weight(
            of, key, BiasQuantizer.weightParamsFor(bias, data.params().scale(0), params), times));
  }

  private String constant(Value value, QuantType type, CodeSpan span) {
    QuantParams params = constants.initializer(value, type, span, OptionalInt.empty());
    DenseTensor tensor = graph.initializer(value).orElseThrow();
    float low = 0f;
    float high = 0f;
    for (float number : PeerConstants.floats(tensor)) {
      low = Math.min(low, number);
      high = Math.max(high, number);
    }
    return put(
        value,
        new TensorPlan.Activation(
            value.name(),
            value.name(),
            params,
            new Range(low, high),
            new Origin.Constant(),
            Readers.PLANNED));
  }

  private String put(Value value, TensorPlan plan) {
    coded.put(value, plan.key());
    tensors.put(plan.key(), plan);
    return plan.key();
  }
}
