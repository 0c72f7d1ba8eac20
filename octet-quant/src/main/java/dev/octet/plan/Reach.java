package dev.octet.plan;

import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
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

/// How far quantization reaches: which nodes run on codes, seen together.
///
/// Every node first gets its own operator family's decision. Then nodes that only pay in company
/// drop out one after another until all that are left have the company they need. The result is the
/// largest such set, so it does not depend on the order of dropping.
final class Reach {
  private static final Set<String> QUANTIZED_FORM =
      Set.of("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear");

  private final ModelFacts facts;
  private final QuantizationScheme scheme;
  private final Graph graph;
  private final Map<Node, NodeDecision> decisions = new LinkedHashMap<>();
  private final Map<Node, Absorb> foldable = new LinkedHashMap<>();

  private Reach(ModelFacts facts, QuantizationScheme scheme) {
    this.facts = facts;
    this.scheme = scheme;
    this.graph = facts.model().graph();
  }

  static Reach of(ModelFacts facts, QuantizationScheme scheme) {
    Reach reach = new Reach(facts, scheme);
    reach.decideAlone();
    reach.dropTheUnconnected();
    return reach;
  }

  /// What happens to each node, in graph order: [Quantize] and [Absorb] only where they hold.
  Map<Node, NodeDecision> decisions() {
    return decisions;
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
        .filter(node -> foldable(node).isPresent() && decision(node) instanceof Quantize)
        .map(node -> node.output(0))
        .findFirst();
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
              && (quantize.standing() != Standing.ANCHOR_WITH_FLOAT_RESULT || isWanted(output));
    };
  }

  private void decideAlone() {
    for (Node node : graph.nodes()) {
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
      return new Keep("no integer kernel for " + QuantizationScheme.opType(node));
    }
    if (scheme.forNode(node).treatment() == Treatment.FLOAT) {
      return new Keep("the scheme says so");
    }
    return quantizer.get().decide(node, facts);
  }

  /// Rules that hold for all operators alike.
  private NodeDecision guarded(Node node, NodeDecision decision) {
    List<Value> activations = new ArrayList<>();
    switch (decision) {
      case Keep keep -> {
        return keep;
      }
      case Absorb bounds -> node.input(0).ifPresent(activations::add);
      case Quantize quantize -> {
        for (int i = 0; i < quantize.operands().size(); i++) {
          if (quantize.operands().get(i) instanceof Operand.Activation) {
            activations.add(Objects.requireNonNull(node.inputs().get(i)));
          }
        }
      }
    }
    for (Value value : activations) {
      if (!facts.isFloat32(value)) {
        return new Keep("its input '" + value.name() + "' is not known to hold 32-bit floats");
      }
      if (value.producer().filter(producer -> producer.is("DequantizeLinear")).isPresent()) {
        return new Keep("its input '" + value.name() + "' is dequantized already");
      }
    }
    for (Value output : node.outputs()) {
      if (output != null
          && output.uses().stream().anyMatch(use -> use.node().is("QuantizeLinear"))) {
        return new Keep("its result '" + output.name() + "' is quantized already");
      }
    }
    return decision;
  }

  /// Whether any range of the node's results makes codes saturate at its bounds: they start at
  /// zero, and so do the codes when they need not be symmetric.
  private boolean surelySaturates(Node node, Absorb bounds) {
    Policy policy = scheme.forTensor(scheme.forNode(node), node.output(0).name());
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
    boolean everywhere = scheme.coverage() == Coverage.EVERY_OPERATOR;
    boolean moves =
        quantize.results().stream()
            .noneMatch(r -> r instanceof Result.OwnRange || r instanceof Result.KnownRange);
    return switch (quantize.standing()) {
      case ANCHOR, ANCHOR_WITH_FLOAT_RESULT -> Optional.empty();
      case REDUCING -> isSupplied(node, quantize) ? Optional.empty() : Optional.of(FLOAT_INPUT);
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

  private static final String FLOAT_INPUT = "its input comes in float";
  private static final String FLOAT_READERS = "its result is only read in float";

  private Optional<String> whyNotAbsorbed(Node node) {
    if (!hasLoneOwnRangeInput(node)) {
      return Optional.of("it does not follow an operator on codes that it alone reads");
    }
    Node producer = producer(node);
    if (standing(producer) == Standing.ANCHOR
        || scheme.coverage() == Coverage.EVERY_OPERATOR
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
          && node.input(i).filter(this::comesAsCodes).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private boolean comesAsCodes(Value value) {
    return value
        .producer()
        .filter(producer -> storesResult(producer, producer.outputs().indexOf(value)))
        .isPresent();
  }

  /// Whether something on codes reads the value.
  private boolean isWanted(Value value) {
    if (scheme.coverage() == Coverage.EVERY_OPERATOR) {
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

  /// Nodes of subgraphs are kept: they have no decision of their own.
  private NodeDecision decision(Node node) {
    return decisions.getOrDefault(node, new Keep("it lies in a subgraph"));
  }

  private Standing standing(Node node) {
    return decision(node) instanceof Quantize quantize ? quantize.standing() : Standing.CONNECTED;
  }

  private static Node producer(Node node) {
    return node.input(0).flatMap(Value::producer).orElseThrow();
  }
}
