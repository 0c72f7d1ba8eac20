package dev.octet.rewrite;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.plan.NodePlan;
import dev.octet.plan.Places;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a plan's names refer to, looked up before anything moves.
final class FloatGraph {
  private final Places places;
  private final Map<Value, String> names = new HashMap<>();
  private final Map<Value, Graph> homes = new HashMap<>();
  private final Map<Graph, Node> owners = new LinkedHashMap<>();
  private final List<Graph> graphs = new ArrayList<>();
  private final Map<String, Node> readers = new HashMap<>();

  FloatGraph(Model model, QuantizationPlan plan) {
    this.places = Places.of(model);
    note(model.graph());
    Map<String, String> sources = new HashMap<>();
    for (TensorPlan tensor : plan.tensors()) {
      if (tensor instanceof TensorPlan.Conversion conversion) {
        sources.put(conversion.key(), conversion.source());
      }
    }
    for (NodePlan node : plan.nodes()) {
      if (node.fate() instanceof NodePlan.Fate.Quantized quantized) {
        Node reader = node(node);
        for (NodePlan.Read read : quantized.reads()) {
          readers.merge(read.tensor(), reader, this::earlier);
          String source = sources.get(read.tensor());
          if (source != null) {
            readers.merge(source, reader, this::earlier);
          }
        }
      }
    }
  }

  /// Every value with what the plan calls it, in order.
  Map<Value, String> values() {
    return places.values();
  }

  /// The main graph and every body, outer ones first.
  List<Graph> graphs() {
    return graphs;
  }

  Value value(String place) {
    return places.value(place);
  }

  /// The name a value had in the float model.
  String name(Value value) {
    return Objects.requireNonNull(names.get(value));
  }

  /// The graph that defines a value.
  Graph home(Value value) {
    return Objects.requireNonNull(homes.get(value));
  }

  Node node(NodePlan plan) {
    Node node = places.node(plan.firstOutput());
    String opType = QuantizationScheme.opType(node);
    if (!opType.equals(plan.opType())) {
      throw foreign("node '" + plan.node() + "'", "is a " + opType + ", not a " + plan.opType());
    }
    return node;
  }

  /// The node before which everything that reads a tensor plan can see what is put there: its first
  /// reader, or the node that runs the body with it where others read it outside.
  Node firstReader(String key) {
    Node reader = readers.get(key);
    if (reader == null) {
      throw foreign("a reader of '" + key + "'", "is in the plan but not in the model");
    }
    return reader;
  }

  private void note(Graph graph) {
    graphs.add(graph);
    for (Value value : graph.values()) {
      names.put(value, value.name());
      homes.put(value, graph);
    }
    for (Node node : graph.nodes()) {
      for (Graph body : node.subgraphs()) {
        owners.put(body, node);
        note(body);
      }
    }
  }

  /// The first of two nodes, the other coming later in the plan, or what runs it.
  private Node earlier(Node first, Node later) {
    Node anchor = first;
    while (!holds(anchor.graph(), later.graph())) {
      anchor = Objects.requireNonNull(owners.get(anchor.graph()));
    }
    return anchor;
  }

  private boolean holds(Graph outer, Graph inner) {
    Graph graph = inner;
    while (graph != outer) {
      Node owner = owners.get(graph);
      if (owner == null) {
        return false;
      }
      graph = owner.graph();
    }
    return true;
  }

  private static OctetException foreign(String place, String message) {
    return OctetException.badInput(
        "plan-of-another-model", place, message, "make the plan from this very model");
  }
}
