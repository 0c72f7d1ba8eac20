package dev.octet.rewrite;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.plan.NodePlan;
import dev.octet.plan.QuantizationPlan;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// What a plan's names refer to, looked up before anything moves.
final class FloatGraph {
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, Node> readers = new HashMap<>();

  FloatGraph(Graph graph, QuantizationPlan plan) {
    graph.values().forEach(value -> values.put(value.name(), value));
    for (Node node : graph.nodes()) {
      node.outputs().stream()
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(output -> nodes.put(output.name(), node));
    }
    for (NodePlan node : plan.nodes()) {
      if (node.fate() instanceof NodePlan.Fate.Quantized quantized) {
        quantized.reads().forEach(read -> readers.putIfAbsent(read.tensor(), node(node)));
      }
    }
  }

  /// Every value by the name it has in the float model, in order.
  Map<String, Value> values() {
    return values;
  }

  Value value(String name) {
    return found(values.get(name), "tensor '" + name + "'");
  }

  Node node(NodePlan plan) {
    Node node = found(nodes.get(plan.firstOutput()), "node '" + plan.node() + "'");
    String opType = node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
    if (!opType.equals(plan.opType())) {
      throw foreign("node '" + plan.node() + "'", "is a " + opType + ", not a " + plan.opType());
    }
    return node;
  }

  /// The first node that reads a tensor plan.
  Node firstReader(String key) {
    return found(readers.get(key), "a reader of '" + key + "'");
  }

  private static <T> T found(@org.jspecify.annotations.Nullable T thing, String place) {
    if (thing == null) {
      throw foreign(place, "is in the plan but not in the model");
    }
    return thing;
  }

  private static OctetException foreign(String place, String message) {
    return OctetException.badInput(
        "plan-of-another-model", place, message, "make the plan from this very model");
  }
}
