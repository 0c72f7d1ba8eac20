package dev.octet.plan;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.plan.DynamicDecision.Keep;
import dev.octet.plan.DynamicDecision.Move;
import dev.octet.plan.DynamicDecision.Quantize;
import dev.octet.plan.DynamicDecision.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Walks a model and its subgraphs once, in order, and writes down which products run on codes. A
/// value that several products read is quantized once.
final class DynamicPlanBuilder {
  private final ModelFacts facts;
  private final QuantizationScheme scheme;
  private final Places places;
  private final Policies policies;
  private final Map<Node, DynamicDecision> decisions = new HashMap<>();
  private final Map<Value, TensorPlan> activations = new HashMap<>();
  private final Map<WeightUse, String> weights = new HashMap<>();
  private final Set<String> keys = new HashSet<>();
  private final List<TensorPlan> tensors = new ArrayList<>();

  private record WeightUse(Value value, Granularity granularity, GridRule rule, float factor) {}

  DynamicPlanBuilder(ModelFacts facts, QuantizationScheme scheme) {
    this.facts = facts;
    this.scheme = scheme;
    this.places = facts.places();
    this.policies = new Policies(scheme, places);
  }

  QuantizationPlan build() {
    List<NodePlan> nodes = new ArrayList<>();
    for (Node node : places.nodes()) {
      nodes.add(
          new NodePlan(
              QuantizationScheme.label(node),
              places.of(node),
              QuantizationScheme.opType(node),
              switch (decision(node)) {
                case Keep(String reason) -> new NodePlan.Fate.Kept(reason);
                case Move() -> move(node);
                case Quantize quantize -> quantize(node, quantize);
              }));
    }
    return new QuantizationPlan(scheme.format(), scheme.style(), nodes, tensors);
  }

  private DynamicDecision decision(Node node) {
    return decisions.computeIfAbsent(node, this::decide);
  }

  private DynamicDecision decide(Node node) {
    Optional<DynamicQuantizer> quantizer = DynamicOperators.of(node);
    if (quantizer.isEmpty()) {
      return new Keep("no kernel of it quantizes while it runs");
    }
    if (policies.of(node).treatment() == Treatment.FLOAT) {
      return new Keep("the scheme says so");
    }
    return quantizer.get().decide(node, facts);
  }

  private NodePlan.Fate move(Node node) {
    Value input = node.input(0).orElseThrow();
    Value output = node.output(0);
    Optional<DenseTensor> constant = facts.constant(input);
    if (constant.isPresent()) {
      TensorPlan.Activation table = table(input, constant.get());
      String key = newKey(output);
      put(
          output,
          new TensorPlan.Activation(
              places.of(output),
              key,
              table.params(),
              table.range(),
              new TensorPlan.Origin.SharedWith(table.key()),
              TensorPlan.Readers.ALL));
      return new NodePlan.Fate.Quantized(List.of(new NodePlan.Read(0, table.key())), List.of());
    }
    TensorPlan source = activations.get(input);
    if (source == null) {
      return new NodePlan.Fate.Kept("its input comes in float");
    }
    if (!isWanted(output)) {
      return new NodePlan.Fate.Kept("its result is only read in float");
    }
    String key = newKey(output);
    put(
        output,
        switch (source) {
          case TensorPlan.Activation codes ->
              new TensorPlan.Activation(
                  places.of(output),
                  key,
                  codes.params(),
                  codes.range(),
                  new TensorPlan.Origin.SharedWith(codes.key()),
                  TensorPlan.Readers.ALL);
          case TensorPlan.Dynamic codes ->
              new TensorPlan.Dynamic(
                  places.of(output), key, codes.element(), Optional.of(codes.key()));
          case TensorPlan.Weight _,
              TensorPlan.Bias _,
              TensorPlan.Conversion _,
              TensorPlan.Dequantized _ ->
              throw new IllegalStateException(source + " is no activation");
        });
    return new NodePlan.Fate.Quantized(List.of(new NodePlan.Read(0, source.key())), List.of());
  }

  private NodePlan.Fate quantize(Node node, Quantize quantize) {
    Policy policy = policies.of(node);
    List<NodePlan.Read> reads = new ArrayList<>();
    for (int i = 0; i < quantize.operands().size(); i++) {
      Optional<Value> value = node.input(i);
      if (value.isEmpty()) {
        continue;
      }
      int index = i;
      key(value.get(), quantize.operands().get(i), policy)
          .ifPresent(key -> reads.add(new NodePlan.Read(index, key)));
    }
    return new NodePlan.Fate.Quantized(reads, quantize.folded());
  }

  private Optional<String> key(Value value, Role role, Policy policy) {
    return switch (role) {
      case Role.Activation() -> Optional.of(activation(value).key());
      case Role.Weight(OptionalInt axis, float factor) ->
          Optional.of(weight(value, policies.overlay(value).over(policy), axis, factor));
      case Role.RecurrentWeight() ->
          Optional.of(recurrentWeight(value, policies.overlay(value).over(policy)));
      case Role.Table() -> Optional.of(table(value, facts.constant(value).orElseThrow()).key());
      case Role.Untouched() -> Optional.empty();
    };
  }

  private TensorPlan activation(Value value) {
    TensorPlan known = activations.get(value);
    if (known != null) {
      return known;
    }
    DataType element = facts.type(value).orElseThrow();
    TensorPlan plan =
        new TensorPlan.Dynamic(places.of(value), newKey(value), element, Optional.empty());
    put(value, plan);
    return plan;
  }

  private TensorPlan.Activation table(Value value, DenseTensor tensor) {
    if (activations.get(value) instanceof TensorPlan.Activation known) {
      return known;
    }
    GridRule rule =
        GridRule.asymmetric(QuantType.UINT8)
            .withMinRealRange(
                java.util.Objects.requireNonNull(scheme.defaults().minimumRealRange()));
    float[] data = numbers(value, tensor, 1f);
    float low = 0f;
    float high = 0f;
    for (float number : data) {
      low = Math.min(low, number);
      high = Math.max(high, number);
    }
    TensorPlan.Activation plan =
        new TensorPlan.Activation(
            places.of(value),
            newKey(value),
            QuantParams.perTensor(rule.type(), rule.choose(low, high)),
            new dev.octet.stats.Range(low, high),
            new TensorPlan.Origin.Constant(),
            TensorPlan.Readers.PLANNED);
    put(value, plan);
    return plan;
  }

  private String weight(Value value, Policy policy, OptionalInt axis, float factor) {
    boolean perChannel =
        policy.granularity() instanceof WeightGranularity.PerChannel && axis.isPresent();
    Granularity granularity =
        perChannel ? Granularity.perChannel(axis.getAsInt()) : Granularity.perTensor();
    GridRule rule = rule(policy, perChannel);
    return weights.computeIfAbsent(
        new WeightUse(value, granularity, rule, factor),
        use -> {
          DenseTensor tensor = facts.constant(value).orElseThrow();
          float[] data = numbers(value, tensor, factor);
          return weight(
              value, TensorQuantizer.chooseParams(data, shape(tensor), granularity, rule), factor);
        });
  }

  /// Scales per direction, or per direction and gate. The kernel wants signed codes.
  private String recurrentWeight(Value value, Policy policy) {
    boolean perChannel = policy.granularity() instanceof WeightGranularity.PerChannel;
    GridRule rule = rule(policy.toBuilder().weightType(QuantType.INT8).build(), true);
    DenseTensor tensor = facts.constant(value).orElseThrow();
    long[] shape = shape(tensor);
    Granularity granularity =
        perChannel
            ? Granularity.perBlock(2, Math.max(1, Math.toIntExact(shape[2])))
            : Granularity.perChannel(0);
    return weights.computeIfAbsent(
        new WeightUse(value, granularity, rule, 1f),
        use -> {
          float[] data = numbers(value, tensor, 1f);
          long[] rows = perChannel ? new long[] {shape[0] * shape[1], shape[2]} : shape;
          QuantParams params =
              TensorQuantizer.chooseParams(data, rows, Granularity.perChannel(0), rule);
          return weight(
              value,
              new QuantParams(params.type(), granularity, params.scales(), params.zeroPoints()),
              1f);
        });
  }

  private String weight(Value value, QuantParams params, float factor) {
    String key = newKey(value);
    tensors.add(new TensorPlan.Weight(places.of(value), key, params, factor));
    return key;
  }

  private static GridRule rule(Policy policy, boolean perChannel) {
    return policy.toBuilder()
        .granularity(perChannel ? WeightGranularity.PER_CHANNEL : WeightGranularity.PER_TENSOR)
        .build()
        .weightRule();
  }

  /// Whether a product reads the value as codes.
  private boolean isWanted(Value value) {
    for (Use use : value.uses()) {
      boolean wanted =
          switch (decision(use.node())) {
            case Keep _ -> false;
            case Move() -> use.index() == 0 && isWanted(use.node().output(0));
            case Quantize quantize ->
                quantize.operands().get(use.index()) instanceof Role.Activation;
          };
      if (wanted) {
        return true;
      }
    }
    return false;
  }

  private void put(Value value, TensorPlan plan) {
    activations.put(value, plan);
    tensors.add(plan);
  }

  private String newKey(Value value) {
    String place = places.of(value);
    String key = place;
    for (int n = 2; !keys.add(key); n++) {
      key = place + "#" + n;
    }
    return key;
  }

  private static float[] numbers(Value value, DenseTensor tensor, float factor) {
    float[] data = FoldedConstants.scaled(tensor, factor);
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        throw OctetException.badInput(
            "constant-not-finite",
            "tensor '" + value.name() + "'",
            "element " + i + " is " + data[i] + ", which no code can stand for",
            "repair the model, or keep the nodes that read it in float");
      }
    }
    return data;
  }

  private static long[] shape(DenseTensor tensor) {
    return tensor.dims().stream().mapToLong(Long::longValue).toArray();
  }
}
