package dev.octet.plan;

import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The ways a pattern can address the nodes of a model. Positions count from 0, so that nodes
/// without a name can be addressed too:
///
/// - its label: its name, or that of its first output;
/// - its position among the nodes of its graph: `#12`, inside a body `#5/body#2`, where `#5` runs
///   the body that is its attribute `body`;
/// - its position among the operators of its type, in the order things happen: `Conv@3`;
/// - inside a body, the labels on the way to it: `loop/conv`.
final class NodeAddress {
  /// Where in a node's addresses its position stands.
  private static final int POSITION = 1;

  private final Map<Node, List<String>> addresses = new LinkedHashMap<>();

  NodeAddress(Places places) {
    Map<String, Integer> counts = new HashMap<>();
    places.nodes().stream().map(Node::graph).findFirst().ifPresent(this::walkMain);
    for (Node node : places.nodes()) {
      String type = QuantizationScheme.opType(node);
      int index = counts.merge(type, 1, Integer::sum) - 1;
      of(node).add(type + "@" + index);
    }
  }

  /// Everything that addresses the node, its label first.
  List<String> of(Node node) {
    return addresses.computeIfAbsent(node, n -> new ArrayList<>());
  }

  /// The node's position in its graph, which addresses no other node.
  String position(Node node) {
    return of(node).get(POSITION);
  }

  /// The names worth suggesting for a mistyped pattern.
  List<String> labels() {
    return addresses.values().stream().map(List::getFirst).toList();
  }

  private void walkMain(Graph any) {
    walk(any.model().graph(), "", "");
  }

  private void walk(Graph graph, String positions, String labels) {
    int index = 0;
    for (Node node : graph.nodes()) {
      String label = QuantizationScheme.label(node);
      String position = positions + "#" + index++;
      List<String> all = of(node);
      all.add(label);
      all.add(position);
      if (!labels.isEmpty()) {
        all.add(labels + label);
      }
      node.attributes()
          .forEach(
              (name, attribute) -> {
                switch (attribute) {
                  case Attribute.OfGraph(Graph body) ->
                      walk(body, position + "/" + name, labels + label + "/");
                  case Attribute.OfGraphs(List<Graph> bodies) ->
                      bodies.forEach(
                          body -> walk(body, position + "/" + name, labels + label + "/"));
                  default -> {}
                }
              });
    }
  }
}
