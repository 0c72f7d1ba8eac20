package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.NodeDecision.Absorb;
import dev.octet.plan.TensorPlan.Activation;
import dev.octet.plan.TensorPlan.Conversion;
import dev.octet.plan.TensorPlan.Origin;
import dev.octet.plan.TensorPlan.Readers;
import dev.octet.stats.Range;
import dev.octet.stats.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Plans for computed values, and for constants that are read as if computed.
final class ActivationPlans {
  /// Lets the walk go on where a range is missing; such a plan is never handed out.
  private static final Range PLACEHOLDER = new Range(0f, 0f);

  private final ModelFacts facts;
  private final Policies policies;
  private final Reach reach;
  private final CalibrationTable table;
  private final PlannedTensors tensors;

  private final Map<Value, Activation> activations = new LinkedHashMap<>();
  private final Map<Value, List<Converted>> conversions = new LinkedHashMap<>();
  private final Map<Value, TensorPlan.Dequantized> dequantized = new LinkedHashMap<>();
  private final Map<Value, CalibrationNeeds.Need> needs = new LinkedHashMap<>();
  private final Set<Diagnostic> missing = new LinkedHashSet<>();
  private final Set<Diagnostic> mistakes = new LinkedHashSet<>();

  private record Converted(TypeConversion wish, Conversion plan) {}

  ActivationPlans(
      ModelFacts facts,
      Policies policies,
      Reach reach,
      CalibrationTable table,
      PlannedTensors tensors) {
    this.facts = facts;
    this.policies = policies;
    this.reach = reach;
    this.table = table;
    this.tensors = tensors;
  }

  /// The ranges that were asked for, in order.
  List<CalibrationNeeds.Need> needs() {
    return List.copyOf(needs.values());
  }

  /// The ranges that were asked for and not there.
  List<Diagnostic> missing() {
    return List.copyOf(missing);
  }

  /// What the scheme says of computed values that cannot be.
  List<Diagnostic> mistakes() {
    return List.copyOf(mistakes);
  }

  Optional<Activation> find(Value value) {
    return Optional.ofNullable(activations.get(value));
  }

  /// Takes a plan back.
  void forget(Value value) {
    tensors.remove(Objects.requireNonNull(activations.remove(value)).key());
    for (Converted converted :
        Objects.requireNonNullElse(conversions.remove(value), List.<Converted>of())) {
      tensors.remove(converted.plan.key());
    }
  }

  /// The plan through which a node on codes reads a value: an [Activation], a [Conversion], or that
  /// of a value that the model dequantizes.
  TensorPlan read(Value value, Node reader) {
    Optional<QuantParams> own = facts.dequantized(value);
    if (own.isPresent()) {
      return dequantized(value, own.get());
    }
    Activation activation = planned(value);
    for (Converted converted : conversions.getOrDefault(value, List.of())) {
      if (policies.isFor(converted.wish, reader)) {
        tensors.put(converted.plan);
        return converted.plan;
      }
    }
    return activation;
  }

  /// Gives a value a range stated in the scheme or observed.
  ///
  /// @param bounds what the operator that computes it keeps it between
  /// @param readers who reads the dequantized form
  void own(Value value, Optional<Absorb> bounds, Readers readers) {
    Policy policy = policies.of(value);
    requireOneGrid(value, policy);
    RealType real = real(value);
    if (policy.stated() instanceof StatedGrid.Scales(List<ScaleChoice> grids)) {
      QuantType type = Objects.requireNonNull(policy.activationType());
      put(value, stated(type, real, grids), new Origin.Stated(), readers);
      return;
    }
    GridRule rule = policy.activationRule(real);
    if (policy.stated() instanceof StatedGrid.Ranges(List<Range> ranges)) {
      put(value, covering(rule, ranges.getFirst(), bounds), new Origin.Stated(), readers);
      return;
    }
    Value observed = reach.boundedBy(value).orElse(value);
    CalibrationMethod method = Objects.requireNonNull(policy.calibration());
    needs.putIfAbsent(observed, new CalibrationNeeds.Need(tensors.name(observed), method, rule));
    CalibrationTable.@Nullable Entry entry = table.entries().get(tensors.name(observed));
    if (entry == null) {
      missing.add(
          new Diagnostic(
              "range-missing",
              "tensor '" + tensors.name(observed) + "'",
              "the calibration table has no range for it",
              "calibrate with the needs of this model and scheme"));
      put(value, covering(rule, PLACEHOLDER, bounds), new Origin.Calibrated(method), readers);
      return;
    }
    Optional<Spread> spread = entry.observed().spread();
    boolean bySpread =
        rule.type().isFloat()
            && entry.method() instanceof CalibrationMethod.Distribution
            && spread.isPresent();
    put(
        value,
        bySpread
            ? new Grid(
                QuantParams.perTensor(rule, rule.chooseForDeviation(spread.orElseThrow().std())),
                entry.range())
            : covering(rule, telling(value, entry.range(), rule), bounds),
        new Origin.Calibrated(entry.method()),
        readers);
  }

  /// The part of a range that those who read the value make use of.
  private Range telling(Value value, Range range, GridRule rule) {
    return rule.type().isFloat() || !reach.isOnlyGated(value)
        ? range
        : Gate.telling(range, rule.type());
  }

  /// Gives a value the range its operator's definition says.
  void known(Value value, Range range) {
    if (isStated(value)) {
      own(value, Optional.empty(), Readers.ALL);
    } else {
      GridRule rule = policies.of(value).activationRule(real(value));
      put(value, covering(rule, range, Optional.empty()), new Origin.Known(), Readers.ALL);
    }
  }

  /// Gives a value the parameters of the plan its operator reads, unless the scheme says otherwise
  /// of this very value.
  void sharedWith(TensorPlan source, Value value) {
    if (isStated(value)) {
      own(value, Optional.empty(), Readers.ALL);
      return;
    }
    switch (source) {
      case Activation activation -> {
        String root = activation.sharedWith().orElse(activation.key());
        Grid grid = new Grid(activation.params(), activation.range());
        put(value, grid, new Origin.SharedWith(root), Readers.ALL);
      }
      case Conversion conversion -> {
        Grid grid = new Grid(conversion.params(), conversion.range());
        put(value, grid, new Origin.SharedWith(conversion.key()), Readers.ALL);
      }
      case TensorPlan.Dequantized codes -> {
        Grid grid = new Grid(codes.params(), codes.range());
        put(value, grid, new Origin.SharedWith(codes.key()), Readers.ALL);
      }
      case TensorPlan.Weight weight -> throw foreign(weight);
      case TensorPlan.Bias bias -> throw foreign(bias);
      case TensorPlan.Dynamic dynamic -> throw foreign(dynamic);
    }
  }

  private TensorPlan.Dequantized dequantized(Value value, QuantParams own) {
    TensorPlan.Dequantized known = dequantized.get(value);
    if (known != null) {
      return known;
    }
    if (isStated(value) || policies.overlay(value).conversions() != null) {
      mistakes.add(
          new Diagnostic(
              "scheme-invalid",
              "tensor '" + tensors.name(value) + "'",
              "is quantized by the model itself, so nothing can be stated of it",
              "leave it out of the overrides, or take the model's own quantization away first"));
    }
    TensorPlan.Dequantized plan =
        new TensorPlan.Dequantized(tensors.name(value), tensors.newKey(value), own);
    dequantized.put(value, plan);
    tensors.put(plan);
    return plan;
  }

  private Activation planned(Value value) {
    if (!activations.containsKey(value)) {
      Optional<DenseTensor> constant = facts.constant(value);
      if (constant.isPresent()) {
        elementwise(value, constant.get());
      } else {
        own(value, Optional.empty(), Readers.PLANNED);
      }
    }
    return Objects.requireNonNull(activations.get(value));
  }

  /// A constant that is read as if computed, quantized with its own range.
  private void elementwise(Value value, DenseTensor constant) {
    Policy policy = policies.of(value);
    if (policy.stated() != null) {
      own(value, Optional.empty(), Readers.PLANNED);
      return;
    }
    GridRule rule = policy.activationRule(real(value));
    float[] data = FoldedConstants.scaled(constant, 1f);
    QuantParams params =
        ConstantPlans.choose(
            value, data, constant, dev.octet.numeric.Granularity.perTensor(), rule);
    put(value, new Grid(params, ConstantPlans.range(data)), new Origin.Constant(), Readers.PLANNED);
  }

  private void requireOneGrid(Value value, Policy policy) {
    boolean many = policy.stated() != null && policy.stated().count() != 1;
    if (many || policy.axis() != null) {
      mistakes.add(
          new Diagnostic(
              "scheme-invalid",
              "tensor '" + tensors.name(value) + "'",
              "a computed tensor has one scale, not one for each channel",
              "state one range or scale and no axis"));
    }
  }

  private boolean isStated(Value value) {
    Policy overlay = policies.overlay(value);
    return overlay.stated() != null
        || overlay.activationType() != null
        || overlay.activationSymmetry() != null;
  }

  private record Grid(QuantParams params, Range range) {}

  private static Grid covering(GridRule rule, Range range, Optional<Absorb> bounds) {
    Range covered = range;
    if (bounds.isPresent()) {
      // An estimator works on bins and may overshoot what the operator cannot.
      covered = range.includingZero().clampedTo(finite(bounds.get()));
    }
    QuantParams params = QuantParams.perTensor(rule, rule.choose(covered.min(), covered.max()));
    if (bounds.isPresent() && bounds.get().low() == 0f) {
      // Differs from what was computed only for a value that was zero throughout.
      ScaleChoice fromZero = new ScaleChoice(params.scale(0), params.type().qmin());
      params = QuantParams.perTensor(rule, fromZero);
    }
    return new Grid(params, covered);
  }

  private static Grid stated(QuantType type, RealType real, List<ScaleChoice> grids) {
    ScaleChoice grid = grids.getFirst();
    float scale = real.roundedUpIfTiny(grid.scale());
    GridRule rule = GridRule.asymmetric(type).withReal(real, dev.octet.numeric.TinyScales.KEPT);
    QuantParams params = QuantParams.perTensor(rule, new ScaleChoice(scale, grid.zeroPoint()));
    return new Grid(params, TensorPlan.reach(params));
  }

  private static Range finite(Absorb bounds) {
    float low = Math.clamp(bounds.low(), -Float.MAX_VALUE, Float.MAX_VALUE);
    float high = Math.clamp(bounds.high(), -Float.MAX_VALUE, Float.MAX_VALUE);
    return new Range(low, high);
  }

  private void put(Value value, Grid grid, Origin origin, Readers readers) {
    Activation plan =
        new Activation(
            tensors.name(value), tensors.newKey(value), grid.params, grid.range, origin, readers);
    activations.put(value, plan);
    tensors.put(plan);
    List<Converted> converted = new ArrayList<>();
    for (TypeConversion wish :
        Objects.requireNonNullElse(
            policies.overlay(value).conversions(), List.<TypeConversion>of())) {
      Conversion conversion = conversion(value, plan, wish);
      converted.add(new Converted(wish, conversion));
      if (conversion.readers() == Readers.ALL) {
        tensors.put(conversion);
      }
    }
    if (!converted.isEmpty()) {
      conversions.put(value, converted);
    }
  }

  private Conversion conversion(Value value, Activation source, TypeConversion wish) {
    Policy policy = policies.of(value);
    RealType real = real(value);
    Symmetry symmetry =
        wish.symmetry() != null
            ? wish.symmetry()
            : Objects.requireNonNull(policy.activationSymmetry());
    GridRule rule =
        policy.toBuilder().activations(wish.type(), symmetry).build().activationRule(real);
    Grid grid =
        switch (wish.stated()) {
          case StatedGrid.Scales(List<ScaleChoice> grids) -> stated(wish.type(), real, grids);
          case StatedGrid.Ranges(List<Range> ranges) ->
              covering(rule, ranges.getFirst(), Optional.empty());
          case null -> covering(rule, source.range(), Optional.empty());
        };
    boolean everybody = wish.readers().isEmpty() && source.readers() != Readers.PLANNED;
    return new Conversion(
        tensors.name(value),
        tensors.newKey(value),
        source.key(),
        grid.params,
        grid.range,
        everybody ? Readers.ALL : Readers.PLANNED);
  }

  /// What a value holds; what its operator reads where the model does not say.
  private RealType real(Value value) {
    return facts
        .real(value)
        .or(
            () ->
                value
                    .producer()
                    .flatMap(
                        node ->
                            node.inputs().stream()
                                .filter(Objects::nonNull)
                                .flatMap(input -> facts.real(input).stream())
                                .findFirst()))
        .orElse(RealType.FLOAT);
  }

  private static IllegalStateException foreign(TensorPlan plan) {
    return new IllegalStateException("'" + plan.key() + "' is no activation");
  }
}
