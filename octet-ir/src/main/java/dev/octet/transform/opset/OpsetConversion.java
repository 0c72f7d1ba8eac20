package dev.octet.transform.opset;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.io.LocalFunctions;
import dev.octet.ir.schema.OperatorHistory;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.transform.PassReport;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Moves models to other opsets of the default domain. Other domains are left as they are.
///
/// Upwards, nodes take the form the newer opset asks for. Downwards, a model goes whose nodes mean
/// the same by the older definitions.
public final class OpsetConversion {
  /// The oldest opset converted from: the first with today's broadcasting.
  public static final int FIRST = 7;

  /// The newest opset converted to; models may come down from newer ones.
  public static final int LAST = 23;

  private final RewriteContext context;
  private final List<PassReport.Firing> changes = new ArrayList<>();
  private final List<Diagnostic> blockers = new ArrayList<>();
  private final Set<Node> blocked = new LinkedHashSet<>();

  private OpsetConversion(GraphEditor editor) {
    this.context = new RewriteContext(editor);
  }

  /// A copy of `model` in opset `target`, with types and shapes inferred, and the IR version raised
  /// where the opset asks for a newer one. Weights are shared with the original.
  ///
  /// @param model left alone
  /// @param target 7 to 23
  /// @return refused when a node has no equal in `target`, or when either opset is out of reach
  public static OpsetOutcome to(Model model, int target) {
    List<Diagnostic> outside = outside(model, target);
    if (!outside.isEmpty()) {
      return new OpsetOutcome.Refused(outside);
    }
    Model converted = model.copy();
    ShapeInference.infer(converted);
    List<PassReport.Firing> changes = new ArrayList<>();
    List<Diagnostic> blockers = new ArrayList<>();
    converted.edit(editor -> blockers.addAll(convert(editor, target, changes)));
    return blockers.isEmpty()
        ? new OpsetOutcome.Converted(converted, changes)
        : new OpsetOutcome.Refused(blockers);
  }

  /// As [#to], but a model in `least` or a newer opset already comes back as it is.
  public static OpsetOutcome atLeast(Model model, int least) {
    return model.opset().orElse(0) >= least
        ? new OpsetOutcome.Converted(model.copy(), List.of())
        : to(model, least);
  }

  /// As [#to], as part of a running edit, which knows what types and shapes the model states. Nodes
  /// that stand in the way are left as they are, so the model must not be kept when there are any;
  /// try on a copy first.
  ///
  /// @param changes told of every node rewritten
  /// @return what stands in the way
  public static List<Diagnostic> convert(
      GraphEditor editor, int target, List<PassReport.Firing> changes) {
    List<Diagnostic> outside = outside(editor.model(), target);
    if (!outside.isEmpty()) {
      return outside;
    }
    if (target < editor.model().opset().orElseThrow()) {
      List<Diagnostic> obstacles = OpsetDescent.obstacles(editor.model(), target);
      if (obstacles.isEmpty()) {
        OpsetDescent.go(editor, target);
      }
      return obstacles;
    }
    OpsetConversion conversion = new OpsetConversion(editor);
    conversion.run(target);
    changes.addAll(conversion.changes);
    return conversion.blockers;
  }

  private static List<Diagnostic> outside(Model model, int target) {
    int from = model.opset().orElse(0);
    if (FIRST <= from && from <= OperatorHistory.LAST_OPSET && FIRST <= target && target <= LAST) {
      return from == target ? List.of() : functions(model);
    }
    String reason =
        from == 0
            ? "the model imports no opset of ai.onnx"
            : "opset " + from + " cannot be converted to opset " + target;
    return List.of(
        new Diagnostic(
            "opset-out-of-reach",
            "model",
            reason,
            "models move within opsets " + FIRST + " to " + LAST));
  }

  /// A function's body is written in an opset of its own, which has to be the model's.
  private static List<Diagnostic> functions(Model model) {
    return LocalFunctions.of(model).stream()
        .map(
            name ->
                new Diagnostic(
                    "no-equal-in-opset",
                    "function " + name,
                    "functions a model brings along are not converted",
                    "have the functions inlined first"))
        .toList();
  }

  private void run(int target) {
    GraphEditor editor = context.editor();
    for (int opset = context.opset() + 1; opset <= target; opset++) {
      enter(editor.graph(), opset);
      editor.setOpset("", opset);
    }
    raiseIrVersion(editor, target);
  }

  /// Brings all nodes of a graph from the opset before into `opset`.
  private void enter(Graph graph, int opset) {
    for (Node node : graph.nodes()) {
      if (node.domain().isEmpty() && !blocked.contains(node)) {
        enter(node, opset);
      }
      if (node.isInGraph()) {
        node.subgraphs().forEach(subgraph -> enter(subgraph, opset));
      }
    }
  }

  private void enter(Node node, int opset) {
    Optional<OperatorHistory> history = OperatorHistory.of(node.opType());
    if (history.isEmpty() || history.get().definitionIn(opset - 1).isEmpty()) {
      block(node, node.describe(), "opset " + (opset - 1) + " has no such operator");
      return;
    }
    Optional<OperatorHistory.Change> change = history.get().changeIn(opset);
    if (change.isEmpty()) {
      return;
    }
    String where = node.describe();
    Optional<OpsetStep> step = OpsetSteps.find(node.opType(), opset);
    if (step.isEmpty()) {
      if (change.get().deprecates()) {
        block(node, where, "opset " + opset + " has given this operator up");
      }
      return;
    }
    switch (step.get().apply(node, context)) {
      case RuleOutcome.Applied(String what) ->
          changes.add(new PassReport.Firing("opset-" + opset, where, what));
      case RuleOutcome.NoMatch() -> {}
      case RuleOutcome.Declined(String reason, String place) ->
          block(node, place, reason + ", which opset " + opset + " cannot express");
    }
  }

  private void block(Node node, String place, String reason) {
    blocked.add(node);
    blockers.add(
        new Diagnostic(
            "no-equal-in-opset", place, reason, "export the model in the newer opset instead"));
  }

  private static void raiseIrVersion(GraphEditor editor, int opset) {
    ModelInfo info = editor.model().info();
    long needed = irVersion(opset);
    if (info.irVersion() < needed) {
      editor.setInfo(
          new ModelInfo(
              needed,
              info.producerName(),
              info.producerVersion(),
              info.domain(),
              info.modelVersion()));
    }
  }

  /// The IR version of the onnx release that brought an opset.
  private static long irVersion(int opset) {
    if (opset <= 8) {
      return 3;
    }
    return switch (opset) {
      case 9 -> 4;
      case 10 -> 5;
      case 11 -> 6;
      case 12, 13, 14 -> 7;
      case 15, 16, 17, 18 -> 8;
      case 19, 20 -> 9;
      case 21, 22 -> 10;
      default -> 11;
    };
  }
}
