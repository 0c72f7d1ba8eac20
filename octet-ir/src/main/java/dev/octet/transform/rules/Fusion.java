package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The nodes that one operator is to stand for, gathered while a pattern is matched.
final class Fusion {
  private final Set<Node> nodes = new LinkedHashSet<>();

  void add(Node node) {
    nodes.add(node);
  }

  void addAll(Set<Node> more) {
    nodes.addAll(more);
  }

  /// Why the nodes cannot go, or null: something else needs what one of them computes on the way.
  ///
  /// @param last computes what the operator will compute
  @Nullable String obstacle(Node last) {
    for (Node node : nodes) {
      if (node.graph() != last.graph()) {
        return node.describe() + " is in the graph around it";
      }
      if (node == last) {
        continue;
      }
      Value inner = node.output(0);
      if (inner.isGraphOutput()) {
        return "'" + inner.name() + "', computed on the way, is a graph output";
      }
      for (Use use : inner.uses()) {
        if (!nodes.contains(use.node())) {
          return "'" + inner.name() + "', computed on the way, is read by " + use.node().describe();
        }
      }
    }
    return null;
  }

  /// Puts one node in the place of all. Legal when there is no [#obstacle].
  ///
  /// @return how many nodes went
  int replaceBy(NodeSpec spec, Node last, RewriteContext context) {
    context.replace(last, spec);
    List<Node> left = new ArrayList<>(nodes);
    left.remove(last);
    boolean removed = true;
    while (removed) {
      removed = left.removeIf(node -> removeUnused(node, context));
    }
    return nodes.size();
  }

  private static boolean removeUnused(Node node, RewriteContext context) {
    if (!node.output(0).isUnused()) {
      return false;
    }
    context.editor().remove(node);
    return true;
  }
}
