package dev.octet.transform.rules;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteLog;
import java.util.List;

/// Removes nodes and initializers that no graph output depends on. Graph inputs stay, read or not:
/// they are the model's interface.
public final class RemoveUnused implements ModelRewrite {
  @Override
  public String name() {
    return "remove-unused";
  }

  @Override
  public String description() {
    return "Nodes and initializers that no output depends on go.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    removeNodes(editor, editor.graph(), log);
    // Only now is it settled, in every subgraph, what reads an outer constant.
    removeInitializers(editor, editor.graph(), log);
    editor.graph().inputs().stream()
        .filter(Value::isUnused)
        .forEach(
            input ->
                log.declined(
                    input.name(),
                    "nothing reads it, but callers may feed it; remove-unused-inputs takes it"));
  }

  private static void removeNodes(GraphEditor editor, Graph graph, RewriteLog log) {
    List<Node> nodes = graph.nodes();
    for (Node node : nodes.reversed()) {
      if (node.outputs().stream().allMatch(output -> output == null || output.isUnused())) {
        String where = node.describe();
        editor.remove(node);
        log.applied(where, "removed, nothing depends on it");
      } else {
        node.subgraphs().forEach(subgraph -> removeNodes(editor, subgraph, log));
      }
    }
  }

  private static void removeInitializers(GraphEditor editor, Graph graph, RewriteLog log) {
    for (Value value : graph.initializers()) {
      if (value.isUnused() && !value.isGraphInput()) {
        editor.removeInitializer(graph, value);
        log.applied(value.name(), "removed, nothing reads it");
      }
    }
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(subgraph -> removeInitializers(editor, subgraph, log));
    }
  }
}
