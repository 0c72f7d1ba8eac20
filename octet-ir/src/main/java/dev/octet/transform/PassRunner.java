package dev.octet.transform;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs one pass on one model.
///
/// Rules run in sweeps over all nodes until a sweep changes nothing. Sweeps alternate between
/// forward and backward order, so a chain of rewrites that feed each other settles in a few sweeps
/// whichever way it runs, and the cost stays near linear.
final class PassRunner {
  /// Sweeps after which rules that still find work are taken to undo each other.
  private static final int MAX_SWEEPS = 1000;

  /// Rewrites at one and the same node after which the same is assumed.
  private static final int MAX_FIRINGS_PER_VISIT = 1000;

  private final List<RewriteRule> rules;
  private final RewriteContext context;
  private final List<PassReport.Firing> fired = new ArrayList<>();
  private final List<PassReport.Refusal> declined = new ArrayList<>();

  private PassRunner(List<RewriteRule> rules, RewriteContext context) {
    this.rules = rules;
    this.context = context;
  }

  static PassReport run(Pass pass, Model model) {
    int before = countNodes(model.graph());
    List<PassReport.Firing> fired = new ArrayList<>();
    List<PassReport.Refusal> declined = new ArrayList<>();
    SourceValues sources = SourceValues.of(model);
    ValueTrace trace = ValueTrace.of(sources.values());
    model.edit(
        editor -> {
          switch (pass) {
            case Pass.Whole(ModelRewrite rewrite) -> {
              RewriteLog log = new RewriteLog(rewrite.name());
              rewrite.apply(editor, log);
              fired.addAll(log.fired());
              declined.addAll(log.declined());
            }
            case Pass.Rules(String name, String description, List<RewriteRule> rules) -> {
              PassRunner runner = new PassRunner(rules, new RewriteContext(editor));
              runner.settle(name, model.graph());
              fired.addAll(runner.fired);
              declined.addAll(runner.declined);
            }
          }
        });
    if (!sources.values().isEmpty() && !fired.isEmpty()) {
      model.edit(editor -> new SourceValues(trace.held(model)).write(editor));
    }
    return new PassReport(
        pass.name(), fired, declined, before, countNodes(model.graph()), Optional.empty());
  }

  static int countNodes(Graph graph) {
    int count = graph.nodeCount();
    for (Node node : graph.nodes()) {
      for (Graph subgraph : node.subgraphs()) {
        count += countNodes(subgraph);
      }
    }
    return count;
  }

  private void settle(String pass, Graph graph) {
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      int before = fired.size();
      // Only the last sweep's refusals stand: earlier ones may since have been overcome.
      declined.clear();
      sweep(graph, sweep % 2 == 0);
      if (fired.size() == before) {
        return;
      }
    }
    throw unsettled(pass);
  }

  private void sweep(Graph graph, boolean forward) {
    List<Node> nodes = graph.nodes();
    for (Node node : forward ? nodes : nodes.reversed()) {
      if (node.isInGraph()) {
        visit(node);
      }
      if (node.isInGraph()) {
        node.subgraphs().forEach(subgraph -> sweep(subgraph, forward));
      }
    }
  }

  private void visit(Node node) {
    String where = node.describe();
    for (RewriteRule rule : rules) {
      for (int i = 0; node.isInGraph(); i++) {
        if (i == MAX_FIRINGS_PER_VISIT) {
          throw unsettled(rule.name());
        }
        RuleOutcome outcome = rule.apply(node, context);
        if (outcome instanceof RuleOutcome.Applied(String what)) {
          fired.add(new PassReport.Firing(rule.name(), where, what));
          continue;
        }
        if (outcome instanceof RuleOutcome.Declined(String reason, String place)) {
          declined.add(new PassReport.Refusal(rule.name(), place, reason));
        }
        break;
      }
    }
  }

  private static OctetException unsettled(String name) {
    return OctetException.failure(
        "rules-do-not-settle",
        name,
        "its rewrites undo each other on this model",
        "leave the pass or rule out by name",
        null);
  }
}
