package dev.octet.align.layers;

import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import java.util.List;

/// What the bodies of a control-flow node compute, which is not compared: a body runs any number of
/// times, or not at all, and a runtime shows none of its values but the node's results.
///
/// @param node of the main graph, as messages name it
/// @param values computed in its bodies and in theirs
public record UnseenBody(String node, int values) {
  /// Those of a model, in the order of its main graph.
  public static List<UnseenBody> of(Model model) {
    return model.graph().nodes().stream()
        .filter(node -> !node.subgraphs().isEmpty())
        .map(node -> new UnseenBody(node.describe(), values(node)))
        .toList();
  }

  private static int values(Node node) {
    int values = 0;
    for (Graph body : node.subgraphs()) {
      for (Node inside : body.nodes()) {
        values += inside.outputs().size() + values(inside);
      }
    }
    return values;
  }

  @Override
  public String toString() {
    return "%,d inside %s".formatted(values, node);
  }
}
