package dev.octet.plan;

import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.numeric.RealType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.NodeDecision.Absorb;
import dev.octet.plan.NodeDecision.Keep;
import dev.octet.plan.NodeDecision.Operand;
import dev.octet.plan.NodeDecision.Quantize;
import dev.octet.plan.NodeDecision.Result;
import dev.octet.plan.NodeDecision.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How far quantization reaches: which nodes run on codes, seen together.
///
/// Every node first gets its own operator family's decision. Then nodes that only pay in company
/// drop out one after another until all that are left have the company they need. The result is the
/// largest such set, so it does not depend on the order of dropping.
final class Reach {
  private static final Set<String> QUANTIZED_FORM =
      Set.of("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear");

  /// Operators that ONNX Runtime's optimizer makes integer operators of even where scales are
  /// float16, which those do not take.
  private static final Set<String> NO_HALF_SCALES = Set.of("MatMul", "Gemm", "Concat");

  private static final String FLOAT_INPUT = "its input comes in float";
  private static final String FLOAT_KERNEL =
      "ONNX Runtime's CPU computes it in float, whatever it reads";
  private static final String FLOAT_READERS = "its result is only read in float";

  private final ModelFacts facts;
  private final Policies policies;
  private final Coverage coverage;
  private final Set<Value> pooled;
  private final Map<Node, NodeDecision> decisions = new LinkedHashMap<>();
  private final Map<Node, Absorb> foldable = new LinkedHashMap<>();

  private Reach(ModelFacts facts, Policies policies, Coverage coverage) {
    this.facts = facts;
    this.policies = policies;
    this.coverage = coverage;
    this.pooled = PooledValues.of(facts);
  }

  static Reach of(ModelFacts facts, Policies policies, Coverage coverage) {
    Reach reach = new Reach(facts, policies, coverage);
    reach.decideAlone();
    reach.dropTheUnconnected();
    return reach;
  }

  /// What happens to each node, in the order of [ModelFacts#nodes]: [Quantize] and [Absorb] only
  /// where they hold.
  Map<Node, NodeDecision> decisions() {
    return decisions;
  }

  /// Whether nodes on codes read this activation as codes, and store it so. Not as float8 in a plan
  /// that is to be quick: ONNX Runtime's CPU computes nothing on float8, and its optimizer would
  /// make integer operators of float8 products, which then fail. There only weights are float8. Nor
  /// as 4-bit codes where a `MaxPool` could get them.
  boolean isCodes(Value value) {
    if (codeBits(value) < Byte.SIZE && pooled.contains(value)) {
      return false;
    }
    return coverage == Coverage.EVERY_OPERATOR
        || facts.dequantized(value).isPresent()
        || !Objects.requireNonNull(policies.of(value).activationType()).isFloat();
  }

  /// The bounds of a quantized node that can still be absorbed if its result's codes turn out to
  /// saturate at them; which is only known with the ranges.
  Optional<Absorb> foldable(Node node) {
    return Optional.ofNullable(foldable.get(node)).filter(bounds -> hasLoneOwnRangeInput(node));
  }

  /// The result of the node that bounds a value for its only reader's purposes. What lies outside
  /// the bounds does not matter then, so the value takes the range of that result.
  Optional<Value> boundedBy(Value value) {
    return value.uses().stream()
        .map(Use::node)
        .filter(decisions::containsKey)
        .filter(node -> foldable(node).isPresent() && decision(node) instanceof Quantize)
        .map(node -> node.output(0))
        .findFirst();
  }

  /// Whether a value is read for `x · sigmoid(x)` alone, whose codes do not show all of its range.
  /// A
  /// plan of every operator gives each value the range it has.
  boolean isOnlyGated(Value value) {
    return coverage != Coverage.EVERY_OPERATOR && Gate.readsAlone(value);
  }

  /// Whether output `index` of a node that runs on codes is stored as codes.
  boolean storesResult(Node node, int index) {
    Value output = node.outputs().get(index);
    if (output == null) {
      return false;
    }
    return switch (decision(node)) {
      case Keep(String reason) -> false;
      case Absorb bounds -> true;
      case Quantize quantize ->
          !(quantize.results().get(index) instanceof Result.Untouched)
              && !isAbsorbed(output)
              && !policies.keepsInFloat(output)
              && isCodes(output)
              && (quantize.standing() != Standing.ANCHOR_WITH_FLOAT_RESULT || isWanted(output));
    };
  }

  private void decideAlone() {
    for (Node node : facts.nodes()) {
      NodeDecision decision = guarded(node, alone(node));
      if (decision instanceof Absorb bounds && !surelySaturates(node, bounds)) {
        foldable.put(node, bounds);
        decision =
            Quantize.of(
                Standing.CONNECTED, Operands.firstOnly(node), List.of(new Result.OwnRange()));
      }
      decisions.put(node, decision);
    }
  }

  private NodeDecision alone(Node node) {
    if (QUANTIZED_FORM.contains(node.opType())) {
      return new Keep("it is part of a quantized model already");
    }
    Optional<OpQuantizer> quantizer = StandardOperators.of(node);
    if (quantizer.isEmpty()) {
      return new Keep("there is no integer kernel for it");
    }
    if (policies.of(node).treatment() == Treatment.FLOAT) {
      return new Keep("the scheme says so");
    }
    if (NO_HALF_SCALES.contains(node.opType()) && hasHalfInput(node)) {
      return new Keep("its integer form takes no float16 scales");
    }
    if (node.is("MaxPool") && codeBits(node.inputs().getFirst()) < Byte.SIZE) {
      return new Keep("MaxPool takes no codes of fewer than 8 bits");
    }
    return quantizer.get().decide(node, facts);
  }

  private boolean hasHalfInput(Node node) {
    return node.inputs().stream()
        .filter(Objects::nonNull)
        .anyMatch(
            value ->
                facts.real(value).equals(Optional.of(RealType.FLOAT16))
                    && codeBits(value) == Byte.SIZE);
  }

  private int codeBits(@Nullable Value value) {
    return value == null
        ? Byte.SIZE
        : Objects.requireNonNull(policies.of(value).activationType()).bits();
  }

  /// Rules that hold for all operators alike.
  private NodeDecision guarded(Node node, NodeDecision decision) {
    return switch (decision) {
      case Keep keep -> keep;
      case Absorb bounds ->
          whyNot(node, node.input(0).stream().toList())
              .<NodeDecision>map(Keep::new)
              .orElse(decision);
      case Quantize quantize -> {
        List<Value> activations = new ArrayList<>();
        List<Value> weights = new ArrayList<>();
        for (int i = 0; i < quantize.operands().size(); i++) {
          switch (quantize.operands().get(i)) {
            case Operand.Activation() ->
                activations.add(Objects.requireNonNull(node.inputs().get(i)));
            case Operand.Weight weight -> weights.add(Objects.requireNonNull(node.inputs().get(i)));
            case Operand.Bias bias -> {}
            case Operand.Untouched() -> {}
          }
        }
        for (Value weight : weights) {
          if (policies.keepsInFloat(weight)) {
            yield new Keep("its weight '" + weight.name() + "' stays in float");
          }
        }
        yield whyNot(node, activations).<NodeDecision>map(Keep::new).orElse(decision);
      }
    };
  }

  private Optional<String> whyNot(Node node, List<Value> activations) {
    for (Value value : activations) {
      String input = "its input '" + value.name() + "' ";
      if (facts.real(value).isEmpty()) {
        return Optional.of(input + "is not known to hold 32- or 16-bit floats");
      }
      if (facts.dequantized(value).isPresent()) {
        continue;
      }
      if (value.producer().filter(producer -> producer.is("DequantizeLinear")).isPresent()) {
        return Optional.of(input + "is dequantized from other than 8-bit codes of one scale");
      }
      if (policies.keepsInFloat(value)) {
        return Optional.of(input + "stays in float: the scheme says so");
      }
    }
    for (Value output : node.outputs()) {
      if (output == null) {
        continue;
      }
      if (output.uses().stream().anyMatch(use -> use.node().is("QuantizeLinear"))) {
        return Optional.of("its result '" + output.name() + "' is quantized already");
      }
    }
    return Optional.empty();
  }

  /// Whether any range of the node's results makes codes saturate at its bounds: they start at
  /// zero, and so do the codes when they need not be symmetric.
  private boolean surelySaturates(Node node, Absorb bounds) {
    Policy policy = policies.of(node.output(0));
    return bounds.low() == 0f
        && policy.activationSymmetry() != Symmetry.SYMMETRIC
        && policy.stated() == null
        && !Objects.requireNonNull(policy.activationType()).isFloat()
        && Objects.requireNonNull(policy.minimumRealRange()) == 0.0;
  }

  /// Demand runs backwards through the graph and supply forwards: alternating directions settles
  /// long chains in few rounds.
  private void dropTheUnconnected() {
    List<Node> nodes = new ArrayList<>(decisions.keySet());
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Node node : nodes) {
        changed |= dropIfUnconnected(node);
      }
      for (Node node : nodes.reversed()) {
        changed |= dropIfUnconnected(node);
      }
    }
  }

  private boolean dropIfUnconnected(Node node) {
    Optional<String> reason =
        switch (decision(node)) {
          case Keep keep -> Optional.empty();
          case Absorb bounds -> whyNotAbsorbed(node);
          case Quantize quantize -> whyUnconnected(node, quantize);
        };
    reason.ifPresent(text -> decisions.put(node, new Keep(text)));
    return reason.isPresent();
  }

  private Optional<String> whyUnconnected(Node node, Quantize quantize) {
    boolean everywhere = coverage == Coverage.EVERY_OPERATOR;
    boolean moves =
        quantize.results().stream()
            .noneMatch(r -> r instanceof Result.OwnRange || r instanceof Result.KnownRange);
    return switch (quantize.standing()) {
      case ANCHOR, ANCHOR_WITH_FLOAT_RESULT -> Optional.empty();
      case REDUCING -> isSupplied(node, quantize) ? Optional.empty() : Optional.of(FLOAT_INPUT);
      case ON_REQUEST -> everywhere ? Optional.empty() : Optional.of(FLOAT_KERNEL);
      case CONNECTED -> {
        if (everywhere) {
          yield !moves || isSupplied(node, quantize) ? Optional.empty() : Optional.of(FLOAT_INPUT);
        }
        if (!isSupplied(node, quantize)) {
          yield Optional.of(FLOAT_INPUT);
        }
        boolean wanted =
            node.outputs().stream().anyMatch(output -> output != null && isWanted(output));
        yield wanted ? Optional.empty() : Optional.of(FLOAT_READERS);
      }
    };
  }

  private Optional<String> whyNotAbsorbed(Node node) {
    if (!hasLoneOwnRangeInput(node)) {
      return Optional.of("it does not follow an operator on codes that it alone reads");
    }
    if (policies.keepsInFloat(node.output(0))) {
      return Optional.of("its result stays in float: the scheme says so");
    }
    if (!isCodes(node.output(0))) {
      return Optional.of(FLOAT_KERNEL);
    }
    Node producer = producer(node);
    if (standing(producer) == Standing.ANCHOR
        || coverage == Coverage.EVERY_OPERATOR
        || isWanted(node.output(0))) {
      return Optional.empty();
    }
    return Optional.of(FLOAT_READERS);
  }

  /// Whether the node's input is computed on codes, in a range of its own, and read by nobody else.
  private boolean hasLoneOwnRangeInput(Node node) {
    Optional<Value> input = node.input(0);
    if (input.isEmpty() || input.get().isGraphOutput() || input.get().uses().size() != 1) {
      return false;
    }
    Optional<Node> producer = input.get().producer();
    return producer.isPresent()
        && producer.get().graph() == node.graph()
        && decision(producer.get()) instanceof Quantize quantize
        && quantize.results().get(producer.get().outputs().indexOf(input.get()))
            instanceof Result.OwnRange;
  }

  private boolean isAbsorbed(Value value) {
    return value.uses().size() == 1 && decision(value.uses().getFirst().node()) instanceof Absorb;
  }

  /// Whether an input of the node comes as codes.
  private boolean isSupplied(Node node, Quantize quantize) {
    for (int i = 0; i < quantize.operands().size(); i++) {
      if (quantize.operands().get(i) instanceof Operand.Activation
          && node.input(i).filter(value -> comesAsCodes(value, quantize)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /// A constant that is only moved can be stored as codes at once.
  private boolean comesAsCodes(Value value, Quantize quantize) {
    return comesAsCodes(value)
        || (facts.constant(value).isPresent()
            && quantize.results().getFirst() instanceof Result.SameAs);
  }

  private boolean comesAsCodes(Value value) {
    if (facts.dequantized(value).isPresent()) {
      return true;
    }
    return value
        .producer()
        .filter(producer -> storesResult(producer, producer.outputs().indexOf(value)))
        .isPresent();
  }

  /// Whether something on codes reads the value.
  private boolean isWanted(Value value) {
    if (policies.keepsInFloat(value) || !isCodes(value)) {
      return false;
    }
    if (coverage == Coverage.EVERY_OPERATOR) {
      return true;
    }
    for (Use use : value.uses()) {
      boolean wanted =
          switch (decision(use.node())) {
            case Keep keep -> false;
            case Absorb bounds -> isWanted(use.node().output(0));
            case Quantize quantize ->
                quantize.operands().get(use.index()) instanceof Operand.Activation;
          };
      if (wanted) {
        return true;
      }
    }
    return false;
  }

  private NodeDecision decision(Node node) {
    return Objects.requireNonNull(decisions.get(node));
  }

  private Standing standing(Node node) {
    return decision(node) instanceof Quantize quantize ? quantize.standing() : Standing.CONNECTED;
  }

  private static Node producer(Node node) {
    return node.input(0).flatMap(Value::producer).orElseThrow();
  }
}
