package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.ScaleChoice;
import dev.octet.plan.NodeDecision.Absorb;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.TensorPlan.Activation;
import dev.octet.plan.TensorPlan.Origin;
import dev.octet.plan.TensorPlan.Readers;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Walks the graph once, in order, and writes down what is stored how.
final class PlanBuilder {
  /// Lets the walk go on where a range is missing; such a plan is never handed out.
  private static final Range PLACEHOLDER = new Range(0f, 0f);

  private final ModelFacts facts;
  private final QuantizationScheme scheme;
  private final Reach reach;
  private final CalibrationTable table;

  private final List<NodePlan> nodes = new ArrayList<>();
  private final ConstantPlans constants;
  private final Map<Value, Activation> activations = new LinkedHashMap<>();
  private final List<TensorPlan> tensors = new ArrayList<>();
  private final Map<Value, CalibrationNeeds.Need> needs = new LinkedHashMap<>();
  private final Set<Diagnostic> missing = new LinkedHashSet<>();

  PlanBuilder(ModelFacts facts, QuantizationScheme scheme, Reach reach, CalibrationTable table) {
    this.facts = facts;
    this.scheme = scheme;
    this.reach = reach;
    this.table = table;
    this.constants = new ConstantPlans(facts, scheme);
  }

  List<CalibrationNeeds.Need> needs() {
    walk();
    return List.copyOf(needs.values());
  }

  QuantizationPlan build() {
    walk();
    if (!missing.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, List.copyOf(missing), null);
    }
    return new QuantizationPlan(scheme.format(), scheme.style(), nodes, constants.resolve(tensors));
  }

  private void walk() {
    reach
        .decisions()
        .forEach(
            (node, decision) ->
                nodes.add(
                    new NodePlan(
                        QuantizationScheme.label(node),
                        firstOutput(node),
                        QuantizationScheme.opType(node),
                        switch (decision) {
                          case Keep(String reason) -> new NodePlan.Fate.Kept(reason);
                          case Absorb bounds -> absorb(node, bounds);
                          case Quantize quantize -> quantize(node, quantize);
                        })));
  }

  private NodePlan.Fate absorb(Node node, Absorb bounds) {
    Value result = node.output(0);
    own(result, Optional.of(bounds), Readers.ALL);
    return new NodePlan.Fate.Absorbed();
  }

  private NodePlan.Fate quantize(Node node, Quantize quantize) {
    List<NodePlan.Read> reads = new ArrayList<>();
    Policy policy = scheme.forNode(node);
    for (int i = 0; i < quantize.operands().size(); i++) {
      switch (quantize.operands().get(i)) {
        case Operand.Activation() ->
            reads.add(
                new NodePlan.Read(i, readable(Objects.requireNonNull(node.inputs().get(i))).key()));
        case Operand.Weight(OptionalInt axis, float factor) ->
            reads.add(
                new NodePlan.Read(
                    i,
                    constants.weight(node.input(i).orElseThrow(), policy, axis, factor, tensors)));
        case Operand.Bias bias -> {
          Activation activation = readable(node.input(bias.activation()).orElseThrow());
          String weight = reads.get(bias.weight()).tensor();
          Value value = node.input(i).orElseThrow();
          reads.add(new NodePlan.Read(i, constants.bias(value, bias, activation, weight, tensors)));
        }
        case Operand.Untouched() -> {}
      }
    }
    for (int i = 0; i < quantize.results().size(); i++) {
      if (reach.storesResult(node, i)) {
        store(node, node.output(i), quantize.results().get(i));
      }
    }
    if (saturates(node)) {
      forget(node.input(0).orElseThrow());
      return new NodePlan.Fate.Absorbed();
    }
    return new NodePlan.Fate.Quantized(reads, quantize.folded());
  }

  private void store(Node node, Value output, Result result) {
    switch (result) {
      case Result.OwnRange() -> own(output, Optional.empty(), Readers.ALL);
      case Result.KnownRange(Range range) ->
          put(output, params(output, range), range, new Origin.Known(), Readers.ALL);
      case Result.SameAs(int input) -> {
        Activation source = readable(node.input(input).orElseThrow());
        String root = source.sharedWith().orElse(source.key());
        put(output, source.params(), source.range(), new Origin.SharedWith(root), Readers.ALL);
      }
      case Result.Untouched() -> {}
    }
  }

  /// The plan through which a node on codes reads a value.
  private Activation readable(Value value) {
    if (!activations.containsKey(value)) {
      Optional<DenseTensor> constant = facts.constant(value);
      if (constant.isPresent()) {
        QuantParams params =
            constants.elementwise(value, constant.get(), policy(value).activationRule());
        put(
            value,
            params,
            ConstantPlans.range(constant.get()),
            new Origin.Constant(),
            Readers.PLANNED);
      } else {
        own(value, Optional.empty(), Readers.PLANNED);
      }
    }
    return Objects.requireNonNull(activations.get(value));
  }

  /// Gives a value a range stated in the scheme or observed.
  private void own(Value value, Optional<Absorb> bounds, Readers readers) {
    Policy policy = policy(value);
    Range range =
        policy.stated() instanceof StatedGrid.Ranges(List<Range> ranges) ? ranges.getFirst() : null;
    Origin origin = new Origin.Stated();
    if (range == null) {
      Value observed = reach.boundedBy(value).orElse(value);
      CalibrationMethod method = Objects.requireNonNull(policy.calibration());
      needs.putIfAbsent(
          observed, new CalibrationNeeds.Need(observed.name(), method, policy.activationRule()));
      CalibrationTable.Entry entry = table.entries().get(observed.name());
      if (entry == null) {
        missing.add(
            new Diagnostic(
                "range-missing",
                "tensor '" + observed.name() + "'",
                "the calibration table has no range for it",
                "calibrate with the needs of this model and scheme"));
      }
      range = entry == null ? PLACEHOLDER : entry.range();
      origin = new Origin.Calibrated(entry == null ? method : entry.method());
    }
    if (bounds.isPresent()) {
      // An estimator works on bins and may overshoot what the operator cannot.
      range = range.includingZero().clampedTo(finite(bounds.get()));
    }
    QuantParams params = params(value, range);
    if (bounds.isPresent() && bounds.get().low() == 0f) {
      // Differs from what was computed only for a value that was zero throughout.
      params = QuantParams.perTensor(params.type(), params.scale(0), params.type().qmin());
    }
    put(value, params, range, origin, readers);
  }

  private static Range finite(Absorb bounds) {
    float low = Math.clamp(bounds.low(), -Float.MAX_VALUE, Float.MAX_VALUE);
    float high = Math.clamp(bounds.high(), -Float.MAX_VALUE, Float.MAX_VALUE);
    return new Range(low, high);
  }

  private QuantParams params(Value value, Range range) {
    GridRule rule = policy(value).activationRule();
    ScaleChoice choice = rule.choose(range.min(), range.max());
    return QuantParams.perTensor(rule.type(), choice);
  }

  private void put(Value value, QuantParams params, Range range, Origin origin, Readers readers) {
    Activation plan =
        new Activation(value.name(), constants.newKey(value), params, range, origin, readers);
    activations.put(value, plan);
    tensors.add(plan);
  }

  /// Whether the codes of a bounding node's result saturate at its bounds, so that it can go:
  /// quantizing a bounded number then gives the same code as quantizing the number itself.
  private boolean saturates(Node node) {
    Optional<Absorb> bounds = reach.foldable(node);
    Activation result = activations.get(node.output(0));
    if (bounds.isEmpty()
        || result == null
        || !activations.containsKey(node.input(0).orElseThrow())) {
      return false;
    }
    QuantParams params = result.params();
    return code(bounds.get().low(), params) <= params.type().qmin()
        && code(bounds.get().high(), params) >= params.type().qmax();
  }

  private static double code(float value, QuantParams params) {
    return Math.rint(value / params.scale(0)) + params.zeroPoint(0);
  }

  private void forget(Value value) {
    Activation plan = activations.remove(value);
    tensors.remove(plan);
  }

  private Policy policy(Value value) {
    Policy base = value.producer().map(scheme::forNode).orElse(scheme.defaults());
    return scheme.forTensor(base, value.name());
  }

  private static String firstOutput(Node node) {
    return node.outputs().stream()
        .filter(Objects::nonNull)
        .findFirst()
        .map(Value::name)
        .orElse(QuantizationScheme.label(node));
  }
}
