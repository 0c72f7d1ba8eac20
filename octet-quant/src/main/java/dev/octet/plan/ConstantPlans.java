package dev.octet.plan;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/// Plans for constants. A constant is stored once for each way it is read: a weight shared by two
/// nodes has one set of codes, a bias shared by two nodes with different scales has two.
final class ConstantPlans {
  private final ModelFacts facts;
  private final QuantizationScheme scheme;
  private final Map<WeightUse, String> weights = new HashMap<>();
  private final Map<String, QuantParams> weightParams = new HashMap<>();
  private final Map<TensorPlan.Bias, String> biases = new HashMap<>();
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final List<BiasFit> fits = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();

  private record WeightUse(Value value, Granularity granularity, GridRule rule, float factor) {}

  private record BiasFit(TensorPlan.Bias plan, float inputScale) {}

  ConstantPlans(ModelFacts facts, QuantizationScheme scheme) {
    this.facts = facts;
    this.scheme = scheme;
  }

  /// A plan key for a value that has none yet of that name.
  String newKey(Value value) {
    String key = value.name();
    for (int n = 2; !keys.add(key); n++) {
      key = value.name() + "#" + n;
    }
    return key;
  }

  /// The key of the plan for a weight, added to `tensors` when it is new.
  String weight(
      Value value, Policy nodePolicy, OptionalInt axis, float factor, List<TensorPlan> tensors) {
    Policy policy = scheme.forTensor(nodePolicy, value.name());
    boolean perChannel =
        policy.granularity() instanceof WeightGranularity.PerChannel && axis.isPresent();
    Granularity granularity =
        perChannel ? Granularity.perChannel(axis.getAsInt()) : Granularity.perTensor();
    GridRule rule =
        policy
            .withGranularity(
                perChannel ? WeightGranularity.PER_CHANNEL : WeightGranularity.PER_TENSOR)
            .weightRule();
    WeightUse use = new WeightUse(value, granularity, rule, factor);
    String known = weights.get(use);
    if (known != null) {
      return known;
    }
    DenseTensor tensor = facts.constant(value).orElseThrow();
    QuantParams params = choose(value, scaled(tensor, factor), tensor, granularity, rule);
    String key = newKey(value);
    weights.put(use, key);
    weightParams.put(key, params);
    tensors.add(new TensorPlan.Weight(value.name(), key, params, factor));
    return key;
  }

  /// The key of the plan for a bias, added to `tensors` when it is new.
  String bias(
      Value value,
      NodeDecision.Operand.Bias role,
      TensorPlan.Activation activation,
      String weight,
      List<TensorPlan> tensors) {
    TensorPlan.Bias unnamed =
        new TensorPlan.Bias(
            value.name(), "", activation.key(), weight, role.factor(), role.length());
    String known = biases.get(unnamed);
    if (known != null) {
      return known;
    }
    String key = newKey(value);
    TensorPlan.Bias plan =
        new TensorPlan.Bias(
            value.name(), key, activation.key(), weight, role.factor(), role.length());
    biases.put(unnamed, key);
    values.put(key, value);
    fits.add(new BiasFit(plan, activation.params().scale(0)));
    tensors.add(plan);
    return key;
  }

  /// Scale and zero point of a constant that an element-wise operator reads.
  QuantParams elementwise(Value value, DenseTensor tensor, GridRule rule) {
    return choose(value, tensor.toFloatArray(), tensor, Granularity.perTensor(), rule);
  }

  /// The plans with weight scales widened where a bias would not fit into 32 bits otherwise.
  List<TensorPlan> resolve(List<TensorPlan> tensors) {
    for (BiasFit fit : fits) {
      String weight = fit.plan.weight();
      QuantParams params = Objects.requireNonNull(weightParams.get(weight));
      weightParams.put(
          weight, BiasQuantizer.weightParamsFor(biasValues(fit.plan), fit.inputScale, params));
    }
    return tensors.stream()
        .map(
            plan ->
                plan instanceof TensorPlan.Weight(var value, var key, var params, var factor)
                    ? (TensorPlan)
                        new TensorPlan.Weight(
                            value, key, Objects.requireNonNull(weightParams.get(key)), factor)
                    : plan)
        .toList();
  }

  static Range range(DenseTensor tensor) {
    float low = 0f;
    float high = 0f;
    for (float value : tensor.toFloatArray()) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return new Range(low, high);
  }

  private float[] biasValues(TensorPlan.Bias plan) {
    return FoldedConstants.spread(
        facts.constant(Objects.requireNonNull(values.get(plan.key()))).orElseThrow(),
        plan.factor(),
        plan.length());
  }

  private static float[] scaled(DenseTensor tensor, float factor) {
    return FoldedConstants.scaled(tensor, factor);
  }

  private static QuantParams choose(
      Value value, float[] data, DenseTensor tensor, Granularity granularity, GridRule rule) {
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        throw OctetException.badInput(
            "constant-not-finite",
            "tensor '" + value.name() + "'",
            "element " + i + " is " + data[i] + ", which no code can stand for",
            "repair the model, or keep the nodes that read it in float");
      }
    }
    return TensorQuantizer.chooseParams(data, shape(tensor), granularity, rule);
  }

  private static long[] shape(DenseTensor tensor) {
    return tensor.dims().stream().mapToLong(Long::longValue).toArray();
  }
}
