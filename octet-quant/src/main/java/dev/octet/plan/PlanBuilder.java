package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.RealType;
import dev.octet.plan.NodeDecision.Absorb;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.TensorPlan.Activation;
import dev.octet.plan.TensorPlan.Readers;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// Walks the graph once, in order, and writes down what is stored how.
final class PlanBuilder {
  /// From these opsets on, ONNX's own quantizing operators take 16- and 4-bit codes and float16.
  private static final int NARROW_AND_WIDE_CODES = 21;

  private static final int HALF_PRECISION = 19;

  private final ModelFacts facts;
  private final QuantizationScheme scheme;
  private final Policies policies;
  private final Reach reach;
  private final PlannedTensors tensors;
  private final ActivationPlans activations;
  private final ConstantPlans constants;
  private final List<NodePlan> nodes = new ArrayList<>();

  PlanBuilder(ModelFacts facts, QuantizationScheme scheme, CalibrationTable table) {
    this.facts = facts;
    this.scheme = scheme;
    this.policies = new Policies(scheme, facts.places());
    this.reach = Reach.of(facts, policies, scheme.coverage());
    this.tensors = new PlannedTensors(facts.places());
    this.activations = new ActivationPlans(facts, policies, reach, table, tensors);
    this.constants = new ConstantPlans(facts, policies, tensors);
  }

  List<CalibrationNeeds.Need> needs() {
    walk();
    return activations.needs();
  }

  QuantizationPlan build() {
    walk();
    if (!activations.missing().isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, activations.missing(), null);
    }
    List<TensorPlan> all = tensors.all();
    return new QuantizationPlan(
        scheme.format(),
        scheme.style(),
        new QdqForm(domain(all), QdqForm.Constants.CODES),
        nodes,
        all);
  }

  private void walk() {
    reach
        .decisions()
        .forEach(
            (node, decision) ->
                nodes.add(
                    new NodePlan(
                        QuantizationScheme.label(node),
                        facts.places().of(node),
                        QuantizationScheme.opType(node),
                        switch (decision) {
                          case Keep(String reason) -> new NodePlan.Fate.Kept(reason);
                          case Absorb bounds -> absorb(node, bounds);
                          case Quantize quantize -> quantize(node, quantize);
                        })));
    List<Diagnostic> mistakes = new ArrayList<>(constants.mistakes());
    mistakes.addAll(activations.mistakes());
    if (!mistakes.isEmpty()) {
      throw new OctetException(OctetException.Kind.USAGE, mistakes, null);
    }
  }

  private NodePlan.Fate absorb(Node node, Absorb bounds) {
    activations.own(node.output(0), Optional.of(bounds), Readers.ALL);
    return new NodePlan.Fate.Absorbed();
  }

  private NodePlan.Fate quantize(Node node, Quantize quantize) {
    Map<Integer, TensorPlan> read = new HashMap<>();
    List<NodePlan.Read> reads = new ArrayList<>();
    List<String> folded = new ArrayList<>(quantize.folded());
    for (int i = 0; i < quantize.operands().size(); i++) {
      Optional<String> key =
          switch (quantize.operands().get(i)) {
            case Operand.Activation() -> {
              Value value = node.input(i).orElseThrow();
              if (!reach.isCodes(value)) {
                yield Optional.empty();
              }
              TensorPlan plan = activations.read(value, node);
              read.put(i, plan);
              yield Optional.of(plan.key());
            }
            case Operand.Weight weight -> {
              String weightKey = constants.weight(node.input(i).orElseThrow(), node, weight);
              read.put(i, tensors.get(weightKey));
              yield Optional.of(weightKey);
            }
            case Operand.Bias bias -> {
              Optional<String> biasKey = bias(node, i, bias, quantize, read);
              if (biasKey.isEmpty()) {
                bias.attribute().ifPresent(folded::remove);
              }
              yield biasKey;
            }
            case Operand.Untouched() -> Optional.empty();
          };
      int input = i;
      key.ifPresent(found -> reads.add(new NodePlan.Read(input, found)));
    }
    for (int i = 0; i < quantize.results().size(); i++) {
      if (reach.storesResult(node, i)) {
        store(node.output(i), quantize.results().get(i), read);
      }
    }
    if (saturates(node)) {
      activations.forget(node.input(0).orElseThrow());
      return new NodePlan.Fate.Absorbed();
    }
    return new NodePlan.Fate.Quantized(reads, folded);
  }

  private Optional<String> bias(
      Node node, int input, Operand.Bias bias, Quantize quantize, Map<Integer, TensorPlan> read) {
    Value value = node.input(input).orElseThrow();
    Policy policy = policies.of(value, node);
    if (policy.biases() == BiasForm.FLOAT || policies.keepsInFloat(value)) {
      return Optional.empty();
    }
    Policy own = policies.overlay(value);
    if (own.weightType() != null || own.stated() != null) {
      // Said of this very tensor: stored like any other weight.
      return Optional.of(
          constants.weight(
              value,
              node,
              new Operand.Weight(OptionalInt.of(0), OptionalInt.empty(), bias.factor())));
    }
    OptionalInt channelAxis =
        quantize.operands().get(bias.weight()) instanceof Operand.Weight weight
            ? weight.channelAxis()
            : OptionalInt.empty();
    TensorPlan activation = read.get(bias.activation());
    if (activation == null) {
      return Optional.empty();
    }
    return constants.bias(
        value,
        bias,
        activation,
        Objects.requireNonNull(read.get(bias.weight())).key(),
        channelAxis);
  }

  private void store(Value output, Result result, Map<Integer, TensorPlan> read) {
    switch (result) {
      case Result.OwnRange() -> activations.own(output, Optional.empty(), Readers.ALL);
      case Result.KnownRange(Range range) -> activations.known(output, range);
      case Result.SameAs(int input) ->
          activations.sharedWith(Objects.requireNonNull(read.get(input)), output);
      case Result.Untouched() -> {}
    }
  }

  /// Whether the codes of a bounding node's result saturate at its bounds, so that it can go:
  /// quantizing a bounded number then gives the same code as quantizing the number itself.
  private boolean saturates(Node node) {
    Optional<Absorb> bounds = reach.foldable(node);
    if (bounds.isEmpty()) {
      return false;
    }
    Optional<Activation> result = activations.find(node.output(0));
    if (result.isEmpty() || activations.find(node.input(0).orElseThrow()).isEmpty()) {
      return false;
    }
    QuantParams params = result.get().params();
    return code(bounds.get().low(), params) <= params.type().qmin()
        && code(bounds.get().high(), params) >= params.type().qmax();
  }

  private static double code(float value, QuantParams params) {
    return Math.rint(value / params.scale(0)) + params.zeroPoint(0);
  }

  /// ONNX Runtime's own operators where ONNX's of the model's opset do not take what is planned.
  private QdqForm.Domain domain(List<TensorPlan> plans) {
    int opset = facts.opset();
    boolean beyond =
        plans.stream()
            .flatMap(plan -> plan.grid().stream())
            .anyMatch(
                params ->
                    (opset < NARROW_AND_WIDE_CODES && params.type().bits() != Byte.SIZE)
                        || (opset < HALF_PRECISION && params.real() == RealType.FLOAT16));
    return beyond ? QdqForm.Domain.MICROSOFT : QdqForm.Domain.ONNX;
  }
}
