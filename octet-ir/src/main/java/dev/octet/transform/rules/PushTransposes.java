package dev.octet.transform.rules;

import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteLog;

/// Moves `Transpose` nodes down through operators that do not care about the order of axes, and
/// those that work along one (`Concat`, `Softmax`, quantization), where fewer are left in the end:
/// two join in front of an `Add`, one meets its opposite or ends in a
/// reduction.
///
/// What one `Transpose` would move through is its [TransposedRegion]; it is rewritten as a whole or
/// not at all, so nothing moves back and forth.
public final class PushTransposes implements ModelRewrite {
  @Override
  public String name() {
    return "push-transposes";
  }

  @Override
  public String description() {
    return "Transpose nodes move down through other operators where that leaves fewer.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    push(editor.graph(), new RewriteContext(editor), log);
  }

  private static void push(Graph graph, RewriteContext context, RewriteLog log) {
    for (Node node : graph.nodes()) {
      if (node.isInGraph()) {
        node.subgraphs().forEach(subgraph -> push(subgraph, context, log));
      }
      while (node.isInGraph() && node.is("Transpose")) {
        TransposedRegion region = TransposedRegion.below(node, context);
        if (region.saved() <= 0) {
          region.loss().ifPresent(reason -> log.declined(node.describe(), reason));
          break;
        }
        String where = node.describe();
        log.applied(where, region.apply());
      }
    }
  }
}
