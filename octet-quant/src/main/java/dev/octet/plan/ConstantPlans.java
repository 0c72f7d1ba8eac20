package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.RealType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.stats.Range;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Plans for constants. A constant is stored once for each way it is read: a weight shared by two
/// nodes has one set of codes, a bias shared by two nodes with different scales has two.
final class ConstantPlans {
  private final ModelFacts facts;
  private final Policies policies;
  private final PlannedTensors tensors;
  private final Map<WeightUse, String> weights = new HashMap<>();
  private final Map<TensorPlan.Bias, String> biases = new HashMap<>();
  private final Set<Diagnostic> mistakes = new LinkedHashSet<>();

  private record WeightUse(
      Value value,
      Granularity granularity,
      GridRule rule,
      Optional<StatedGrid> stated,
      float factor) {}

  ConstantPlans(ModelFacts facts, Policies policies, PlannedTensors tensors) {
    this.facts = facts;
    this.policies = policies;
    this.tensors = tensors;
  }

  /// What the scheme says of constants that cannot be.
  List<Diagnostic> mistakes() {
    return List.copyOf(mistakes);
  }

  /// The key of the plan for a weight of a node.
  String weight(Value value, Node node, Operand.Weight role) {
    Policy policy = policies.of(value, node);
    if (policy.conversions() != null) {
      mistake(
          value,
          "a weight is stored in one type and cannot be converted",
          "state its type itself, without a conversion");
    }
    DenseTensor tensor = facts.constant(value).orElseThrow();
    RealType real = facts.real(value).orElse(RealType.FLOAT);
    Granularity granularity = granularity(value, tensor, policy, role);
    Symmetry ownSymmetry = policies.overlay(value).weightSymmetry();
    WeightGranularity kind =
        granularity instanceof Granularity.PerChannel
            ? WeightGranularity.PER_CHANNEL
            : WeightGranularity.PER_TENSOR;
    GridRule rule = policy.toBuilder().granularity(kind).build().weightRule(real);
    if (ownSymmetry != null) {
      // Said of this very tensor, so it holds per channel too.
      rule =
          new GridRule(
              rule.type(), ownSymmetry, rule.span(), rule.minRealRange(), real, rule.tinyScales());
    }
    Optional<StatedGrid> stated = Optional.ofNullable(policy.stated());
    WeightUse use = new WeightUse(value, granularity, rule, stated, role.factor());
    String known = weights.get(use);
    if (known != null) {
      return known;
    }
    float[] data = FoldedConstants.scaled(tensor, role.factor());
    QuantParams chosen = choose(value, data, tensor, granularity, rule);
    QuantParams params = stated.isPresent() ? stated(value, stated.get(), chosen, rule) : chosen;
    String key = tensors.newKey(value);
    weights.put(use, key);
    tensors.put(new TensorPlan.Weight(tensors.name(value), key, params, role.factor()));
    return key;
  }

  /// The key of the plan for a bias; empty where it has to stay in float because INT32 codes of
  /// the scale that kernels want cannot hold it. A weight's scales may grow to make it fit.
  Optional<String> bias(
      Value value, Operand.Bias role, TensorPlan activation, String weightKey, OptionalInt axis) {
    TensorPlan.Weight weight = (TensorPlan.Weight) tensors.get(weightKey);
    QuantParams input = activation.grid().orElseThrow();
    if (!scalesProducts(weight.params(), input, role, axis)) {
      return Optional.empty();
    }
    TensorPlan.Bias unnamed =
        new TensorPlan.Bias(
            tensors.name(value), "", activation.key(), weightKey, role.factor(), role.length());
    String known = biases.get(unnamed);
    if (known != null) {
      return Optional.of(known);
    }
    float[] values =
        FoldedConstants.spread(facts.constant(value).orElseThrow(), role.factor(), role.length());
    requireFinite(value, values);
    RealType real = facts.real(value).orElse(RealType.FLOAT);
    QuantParams wide = BiasQuantizer.weightParamsFor(values, input.scale(0), weight.params());
    if (!BiasQuantizer.fits(values, input.scale(0), wide.scales(), real)) {
      return Optional.empty();
    }
    tensors.put(new TensorPlan.Weight(weight.value(), weightKey, wide, weight.factor()));
    String key = tensors.newKey(value);
    biases.put(unnamed, key);
    tensors.put(
        new TensorPlan.Bias(
            tensors.name(value), key, activation.key(), weightKey, role.factor(), role.length()));
    return Optional.of(key);
  }

  static Range range(float[] values) {
    float low = 0f;
    float high = 0f;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return new Range(low, high);
  }

  static QuantParams choose(
      Value value, float[] data, DenseTensor tensor, Granularity granularity, GridRule rule) {
    requireFinite(value, data);
    return TensorQuantizer.chooseParams(data, shape(tensor), granularity, rule);
  }

  /// Whether products of the weight's and the activation's codes have one scale for each output
  /// channel, in which a bias can be added.
  private static boolean scalesProducts(
      QuantParams weight, QuantParams input, Operand.Bias role, OptionalInt channelAxis) {
    if (weight.type().isFloat() || input.type().isFloat()) {
      return false;
    }
    return switch (weight.granularity()) {
      case Granularity.PerTensor() -> true;
      case Granularity.PerChannel(int axis) ->
          channelAxis.equals(OptionalInt.of(axis)) && weight.count() == role.length();
      case Granularity.PerBlock block -> false;
    };
  }

  private Granularity granularity(
      Value value, DenseTensor tensor, Policy policy, Operand.Weight role) {
    int rank = tensor.dims().size();
    Integer wished = policy.axis();
    OptionalInt axis = OptionalInt.empty();
    if (wished != null) {
      int normal = wished < 0 ? wished + rank : wished;
      if (normal < 0 || normal >= rank) {
        mistake(
            value,
            "axis " + wished + " is none of a tensor of rank " + rank,
            "an axis lies between " + -rank + " and " + (rank - 1));
      } else {
        axis = OptionalInt.of(normal);
      }
    }
    boolean perChannel =
        policy.granularity() instanceof WeightGranularity.PerChannel
            || (policy.stated() != null && policy.stated().count() > 1)
            || (policies.overlay(value).axis() != null
                && policies.overlay(value).granularity() == null
                && !(policy.granularity() instanceof WeightGranularity.PerBlock));
    if (policy.granularity() instanceof WeightGranularity.PerBlock(int size)) {
      OptionalInt along = axis.isPresent() ? axis : role.blockAxis();
      return along.isPresent()
          ? Granularity.perBlock(along.getAsInt(), size)
          : Granularity.perTensor();
    }
    OptionalInt along = axis.isPresent() ? axis : role.channelAxis();
    boolean oneStated = policy.stated() != null && policy.stated().count() == 1 && axis.isEmpty();
    return perChannel && !oneStated && along.isPresent()
        ? Granularity.perChannel(along.getAsInt())
        : Granularity.perTensor();
  }

  /// Parameters as stated: one entry serves every channel.
  private QuantParams stated(Value value, StatedGrid stated, QuantParams like, GridRule rule) {
    if (stated.count() != 1 && stated.count() != like.count()) {
      mistake(
          value,
          stated.count() + " ranges or scales are stated, the weight has " + like.count(),
          like.count() == 1
              ? "state one, or ask for scales per channel and state the axis"
              : "state one for all, or one for each channel");
      return like;
    }
    float[] scales = new float[like.count()];
    int[] zeroPoints = new int[like.count()];
    for (int i = 0; i < scales.length; i++) {
      int from = stated.count() == 1 ? 0 : i;
      ScaleChoice grid =
          switch (stated) {
            case StatedGrid.Scales(List<ScaleChoice> grids) -> grids.get(from);
            case StatedGrid.Ranges(List<Range> ranges) ->
                rule.choose(ranges.get(from).min(), ranges.get(from).max());
          };
      scales[i] = rule.real().roundedUpIfTiny(grid.scale());
      zeroPoints[i] = grid.zeroPoint();
    }
    return new QuantParams(rule.type(), like.granularity(), rule.real(), scales, zeroPoints);
  }

  private void mistake(Value value, String message, String hint) {
    mistakes.add(new Diagnostic("scheme-invalid", "tensor '" + value.name() + "'", message, hint));
  }

  private static void requireFinite(Value value, float[] data) {
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        throw OctetException.badInput(
            "constant-not-finite",
            "tensor '" + value.name() + "'",
            "element " + i + " is " + data[i] + ", which no code can stand for",
            "repair the model, or keep the nodes that read it in float");
      }
    }
  }

  private static long[] shape(DenseTensor tensor) {
    return tensor.dims().stream().mapToLong(Long::longValue).toArray();
  }
}
