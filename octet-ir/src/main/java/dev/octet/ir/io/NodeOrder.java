package dev.octet.ir.io;

import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Execution order of a graph's nodes. ONNX asks that files list nodes in it, but not every tool
/// obeys. A list that is in order stays as it is; otherwise each node moves behind what it needs,
/// and nothing else moves.
final class NodeOrder {
  private static final int UNSEEN = 0;
  private static final int OPEN = 1;
  private static final int DONE = 2;

  private final Source source;
  private final List<NodeProto> nodes;
  private final Map<String, Integer> producers = new HashMap<>();

  private NodeOrder(Source source, List<NodeProto> nodes) {
    this.source = source;
    this.nodes = nodes;
  }

  /// The nodes of `graph` in execution order.
  ///
  /// @throws dev.octet.diagnostic.OctetException when nodes wait for each other
  static List<NodeProto> of(GraphProto graph, Source source) {
    return new NodeOrder(source, graph.getNodeList()).sorted();
  }

  /// One node and how far its needs are looked through.
  private static final class Visit {
    final int node;
    final List<Integer> needs;
    int next;

    Visit(int node, List<Integer> needs) {
      this.node = node;
      this.needs = needs;
    }
  }

  private List<NodeProto> sorted() {
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).getOutputList()) {
        producers.putIfAbsent(output, i);
      }
    }
    producers.remove("");
    List<NodeProto> order = new ArrayList<>(nodes.size());
    int[] states = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      if (states[i] == UNSEEN) {
        visit(i, states, order);
      }
    }
    return order;
  }

  /// Depth first, on a stack of its own: graphs are deeper than threads' stacks.
  private void visit(int start, int[] states, List<NodeProto> order) {
    Deque<Visit> stack = new ArrayDeque<>();
    stack.push(new Visit(start, needsOf(start)));
    states[start] = OPEN;
    while (!stack.isEmpty()) {
      Visit visit = stack.element();
      if (visit.next == visit.needs.size()) {
        states[visit.node] = DONE;
        order.add(nodes.get(visit.node));
        stack.pop();
        continue;
      }
      int need = visit.needs.get(visit.next++);
      if (states[need] == OPEN) {
        throw source.badPart(
            "graph-cycle",
            GraphReader.describe(nodes.get(need)),
            "waits for its own output: the graph has a cycle",
            "export the model again");
      }
      if (states[need] == UNSEEN) {
        states[need] = OPEN;
        stack.push(new Visit(need, needsOf(need)));
      }
    }
  }

  private List<Integer> needsOf(int node) {
    Set<String> reads = new LinkedHashSet<>();
    addReads(nodes.get(node), reads);
    List<Integer> needs = new ArrayList<>(reads.size());
    for (String read : reads) {
      Integer producer = producers.get(read);
      if (producer != null) {
        needs.add(producer);
      }
    }
    return needs;
  }

  /// Names a node reads from its own graph or those around it, through its subgraphs too.
  private static void addReads(NodeProto node, Set<String> reads) {
    reads.addAll(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        addFreeNames(attribute.getG(), reads);
      }
      for (GraphProto graph : attribute.getGraphsList()) {
        addFreeNames(graph, reads);
      }
    }
  }

  private static void addFreeNames(GraphProto graph, Set<String> reads) {
    Set<String> inner = new LinkedHashSet<>();
    Set<String> own = new HashSet<>();
    for (ValueInfoProto input : graph.getInputList()) {
      own.add(input.getName());
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      own.add(tensor.getName());
    }
    for (NodeProto node : graph.getNodeList()) {
      own.addAll(node.getOutputList());
      addReads(node, inner);
    }
    for (ValueInfoProto output : graph.getOutputList()) {
      inner.add(output.getName());
    }
    inner.removeAll(own);
    reads.addAll(inner);
  }
}
