package dev.octet.plan;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a plan calls the nodes and values of a model, those of subgraphs included.
///
/// In the main graph a value has its own name. In a subgraph the name follows the way there,
/// `loop1.body/x`, because two subgraphs may use one name for two values. A node is called by its
/// first output, so that nodes without a name, or with the same one, can be told apart.
public final class Places {
  private final Map<Value, String> ofValues = new LinkedHashMap<>();
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();
  private final List<Node> order = new ArrayList<>();

  private Places() {}

  public static Places of(Model model) {
    Places places = new Places();
    places.walk(model.graph(), "");
    return places;
  }

  /// What the name of a value in a subgraph starts with, seen from the graph of the node that has
  /// the subgraph.
  ///
  /// @param attribute the subgraph is under; followed by its index where that holds several
  public static String way(Node node, String attribute) {
    return QuantizationScheme.label(node) + "." + attribute + "/";
  }

  /// Every node in the order they run, those of a node's subgraphs right before the node itself.
  public List<Node> nodes() {
    return Collections.unmodifiableList(order);
  }

  /// Every value with what it is called: by graph, inputs first, then initializers, then what nodes
  /// compute.
  public Map<Value, String> values() {
    return Collections.unmodifiableMap(ofValues);
  }

  /// What a value is called.
  public String of(Value value) {
    return Objects.requireNonNull(ofValues.get(value), () -> value + " is of another model");
  }

  /// What a node is called.
  public String of(Node node) {
    return node.outputs().stream()
        .filter(Objects::nonNull)
        .findFirst()
        .map(this::of)
        .orElse(QuantizationScheme.label(node));
  }

  /// The value that is called so.
  ///
  /// @throws OctetException (BAD_INPUT) when there is none
  public Value value(String place) {
    return found(values.get(place), "tensor '" + place + "'");
  }

  /// The node that is called so.
  ///
  /// @throws OctetException (BAD_INPUT) when there is none
  public Node node(String place) {
    return found(nodes.get(place), "node '" + place + "'");
  }

  private void walk(Graph graph, String way) {
    for (Value value : graph.values()) {
      ofValues.put(value, way + value.name());
      values.put(way + value.name(), value);
    }
    for (Node node : graph.nodes()) {
      node.attributes()
          .forEach(
              (name, attribute) -> {
                switch (attribute) {
                  case Attribute.OfGraph(Graph subgraph) -> walk(subgraph, way + way(node, name));
                  case Attribute.OfGraphs(List<Graph> subgraphs) -> {
                    for (int i = 0; i < subgraphs.size(); i++) {
                      walk(subgraphs.get(i), way + way(node, name + i));
                    }
                  }
                  default -> {}
                }
              });
      nodes.put(of(node), node);
      order.add(node);
    }
  }

  private static <T> T found(@Nullable T thing, String place) {
    if (thing == null) {
      throw OctetException.badInput(
          "plan-of-another-model",
          place,
          "is in the plan but not in the model",
          "make the plan from this very model");
    }
    return thing;
  }
}
