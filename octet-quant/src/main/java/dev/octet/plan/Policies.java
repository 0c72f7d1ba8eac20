package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.plan.QuantizationScheme.Layer;
import dev.octet.plan.QuantizationScheme.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// A scheme read with one model in hand: which policy holds for each node and tensor.
final class Policies {
  private final QuantizationScheme scheme;
  private final Places places;
  private final Map<Node, Policy> nodes = new LinkedHashMap<>();
  private final Map<String, Policy> tensors = new LinkedHashMap<>();
  private final NodeAddress addresses;

  /// @throws OctetException (USAGE) listing every pattern that matches nothing, with near matches
  Policies(QuantizationScheme scheme, Places places) {
    this.scheme = scheme;
    this.places = places;
    this.addresses = new NodeAddress(places);
    Set<String> opTypes = new LinkedHashSet<>();
    for (Node node : places.nodes()) {
      opTypes.add(QuantizationScheme.opType(node));
    }
    Collection<String> values = places.values().values();
    Set<Layer> idle = new LinkedHashSet<>(scheme.layers());
    for (Node node : places.nodes()) {
      nodes.put(node, forNode(node, idle));
    }
    List<Layer> tensorLayers =
        scheme.layers().stream().filter(layer -> layer.scope() == Scope.TENSOR).toList();
    if (!tensorLayers.isEmpty()) {
      values.forEach(name -> overlay(name, tensorLayers, idle));
    }
    List<Diagnostic> found = new ArrayList<>();
    for (Layer layer : idle) {
      found.add(
          matchesNothing(
              layer.scope() + " pattern",
              layer.pattern(),
              switch (layer.scope()) {
                case OP_TYPE -> List.copyOf(opTypes);
                case NODE -> addresses.labels();
                case TENSOR -> List.copyOf(values);
              }));
    }
    found.addAll(readersWithoutMatch());
    if (!found.isEmpty()) {
      throw new OctetException(OctetException.Kind.USAGE, found, null);
    }
  }

  /// The policy for a node's own choices (weights, treatment), complete but for what only tensors
  /// have.
  Policy of(Node node) {
    return nodes.getOrDefault(node, scheme.defaults());
  }

  /// The policy for a value as an activation: that of its producer with the value's own layers on
  /// top.
  Policy of(Value value) {
    Policy base = value.producer().map(this::of).orElse(scheme.defaults());
    return overlay(value).over(base);
  }

  /// The policy for a constant as a weight of a node.
  Policy of(Value value, Node reader) {
    return overlay(value).over(of(reader));
  }

  /// What the scheme says about this tensor by name; open where it says nothing.
  Policy overlay(Value value) {
    return tensors.getOrDefault(places.of(value), Policy.OPEN);
  }

  /// Whether the scheme keeps this tensor in float.
  boolean keepsInFloat(Value value) {
    return overlay(value).treatment() == Treatment.FLOAT;
  }

  /// Whether a conversion is meant for this reader.
  boolean isFor(TypeConversion conversion, Node reader) {
    return conversion.readers().isEmpty()
        || addresses.of(reader).stream().anyMatch(conversion::isFor);
  }

  private Policy forNode(Node node, Set<Layer> idle) {
    Policy policy = scheme.defaults();
    String opType = QuantizationScheme.opType(node);
    for (Layer layer : scheme.layers()) {
      if (layer.scope() == Scope.OP_TYPE && layer.matches(opType)) {
        idle.remove(layer);
        policy = layer.policy().over(policy);
      }
    }
    for (Layer layer : scheme.layers()) {
      if (layer.scope() == Scope.NODE && addresses.of(node).stream().anyMatch(layer::matches)) {
        idle.remove(layer);
        policy = layer.policy().over(policy);
      }
    }
    return policy;
  }

  private void overlay(String name, List<Layer> layers, Set<Layer> idle) {
    for (Layer layer : layers) {
      if (layer.matches(name)) {
        idle.remove(layer);
        tensors.merge(name, layer.policy(), (below, above) -> above.over(below));
      }
    }
  }

  private List<Diagnostic> readersWithoutMatch() {
    List<Diagnostic> found = new ArrayList<>();
    if (tensors.values().stream().allMatch(policy -> policy.conversions() == null)) {
      return found;
    }
    Map<String, List<Node>> readers = readers();
    tensors.forEach(
        (tensor, policy) -> {
          List<Node> candidates = readers.getOrDefault(tensor, List.of());
          for (TypeConversion conversion : conversions(policy)) {
            for (String glob : conversion.readers()) {
              Glob pattern = new Glob(glob);
              if (candidates.stream()
                  .noneMatch(node -> addresses.of(node).stream().anyMatch(pattern::matches))) {
                found.add(
                    matchesNothing(
                        "reader of the converted tensor '" + tensor + "',",
                        glob,
                        candidates.stream().map(QuantizationScheme::label).toList()));
              }
            }
          }
        });
    return found;
  }

  private static List<TypeConversion> conversions(Policy policy) {
    return Objects.requireNonNullElse(policy.conversions(), List.of());
  }

  private Map<String, List<Node>> readers() {
    Map<String, List<Node>> readers = new HashMap<>();
    for (Node node : nodes.keySet()) {
      for (Value input : node.inputs()) {
        if (input != null) {
          readers.computeIfAbsent(places.of(input), name -> new ArrayList<>()).add(node);
        }
      }
    }
    return readers;
  }

  private static Diagnostic matchesNothing(String what, String pattern, List<String> names) {
    List<String> near = new Glob(pattern).near(names);
    return new Diagnostic(
        "pattern-matches-nothing",
        what + " '" + pattern + "'",
        "matches nothing in the model",
        near.isEmpty()
            ? "octet inspect lists the model's names"
            : "did you mean " + String.join(" or ", near) + "?");
  }
}
