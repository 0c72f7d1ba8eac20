package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.QuantizationScheme.Layer;
import dev.octet.plan.QuantizationScheme.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Mixed precision made consistent: where a tensor's producer and its readers work in different
/// types, a conversion is put between them.
///
/// A node works in the activation type the scheme gives it. A type given to a tensor without a
/// conversion is meant for the nodes on both sides of it. Then, for each tensor:
///
/// - it is stored in its producer's type;
/// - readers of another type get it converted; when all do, everybody reads the converted form;
/// - conversions the scheme asks for itself are left as they are.
///
/// The same purpose as `MixedPrecisionTensorQuantOverridesFixer` of ONNX Runtime's Python tool, but
/// for types given to nodes and operators too, and for nodes without names.
public final class TypeBorders {
  private final ModelFacts facts;
  private final Policies policies;
  private final NodeAddress addresses;
  private final Map<Node, Kind> kinds = new LinkedHashMap<>();
  private final List<Diagnostic> conflicts = new ArrayList<>();

  /// What a node works in.
  private record Kind(QuantType type, Symmetry symmetry) {
    static Kind of(Policy policy) {
      return new Kind(
          Objects.requireNonNull(policy.activationType()),
          Objects.requireNonNull(policy.activationSymmetry()));
    }
  }

  private TypeBorders(QuantizationScheme scheme, Model model) {
    this.facts = new ModelFacts(model);
    this.policies = new Policies(scheme, facts.places());
    this.addresses = new NodeAddress(facts.places());
  }

  /// The scheme with conversions where types meet.
  ///
  /// @throws OctetException (USAGE) listing patterns that match nothing, and nodes that lie between
  ///     tensors of different types
  public static QuantizationScheme convert(QuantizationScheme scheme, Model model) {
    TypeBorders borders = new TypeBorders(scheme, model);
    borders.giveNodesTheirKinds();
    List<Layer> layers = new ArrayList<>(scheme.layers());
    borders
        .facts
        .places()
        .values()
        .forEach(
            (value, name) ->
                borders
                    .border(value)
                    .ifPresent(policy -> layers.add(new Layer(Scope.TENSOR, name, policy))));
    if (!borders.conflicts.isEmpty()) {
      throw new OctetException(OctetException.Kind.USAGE, borders.conflicts, null);
    }
    return scheme.withLayers(layers);
  }

  private void giveNodesTheirKinds() {
    for (Node node : facts.nodes()) {
      kinds.put(node, Kind.of(policies.of(node)));
    }
    Map<Node, String> reasons = new LinkedHashMap<>();
    facts
        .places()
        .values()
        .forEach(
            (value, name) -> {
              Policy own = policies.overlay(value);
              if (own.activationType() == null
                  || own.conversions() != null
                  || facts.constant(value).isPresent()) {
                return;
              }
              Kind kind = Kind.of(policies.of(value));
              value.producer().ifPresent(node -> give(node, kind, name, reasons));
              value.uses().forEach(use -> give(use.node(), kind, name, reasons));
            });
  }

  private void give(Node node, Kind kind, String tensor, Map<Node, String> reasons) {
    String before = reasons.putIfAbsent(node, tensor);
    Kind other = kinds.put(node, kind);
    if (before != null && !kind.equals(other)) {
      conflicts.add(
          new Diagnostic(
              "types-conflict",
              "node '" + QuantizationScheme.label(node) + "'",
              "lies between '" + before + "' and '" + tensor + "', which have different types",
              "give both the same type, or state a conversion for one of them"));
    }
  }

  /// What a tensor needs said about it, if its policy does not say so already.
  private Optional<Policy> border(Value value) {
    if (facts.real(value).isEmpty()
        || facts.constant(value).isPresent()
        || policies.overlay(value).conversions() != null) {
      return Optional.empty();
    }
    List<Node> readers = value.uses().stream().map(Use::node).distinct().toList();
    Kind stored = stored(value, readers);
    Map<Kind, List<Node>> others = new LinkedHashMap<>();
    for (Node reader : readers) {
      Kind kind = kind(reader);
      if (kind.type() != stored.type()) {
        others.computeIfAbsent(kind, k -> new ArrayList<>()).add(reader);
      }
    }
    Policy said = policies.of(value);
    if (others.isEmpty() && Kind.of(said).equals(stored)) {
      return Optional.empty();
    }
    Policy.Builder policy = Policy.builder().activations(stored.type(), stored.symmetry());
    for (Map.Entry<Kind, List<Node>> other : others.entrySet()) {
      boolean all = other.getValue().size() == readers.size();
      policy.conversion(
          TypeConversion.to(
              other.getKey().type(),
              other.getKey().symmetry(),
              all ? List.of() : other.getValue().stream().map(addresses::position).toList()));
    }
    return Optional.of(policy.build());
  }

  /// A tensor that nothing computes is stored as its readers want it if they agree.
  private Kind stored(Value value, List<Node> readers) {
    if (value.producer().isPresent()) {
      return kind(value.producer().get());
    }
    List<Kind> wanted = readers.stream().map(this::kind).distinct().toList();
    return wanted.size() == 1 ? wanted.getFirst() : Kind.of(policies.of(value));
  }

  private Kind kind(Node node) {
    return Objects.requireNonNull(kinds.get(node));
  }
}
