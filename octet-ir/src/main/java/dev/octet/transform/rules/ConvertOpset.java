package dev.octet.transform.rules;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.PassReport;
import dev.octet.transform.RewriteLog;
import dev.octet.transform.opset.OpsetConversion;
import dev.octet.transform.opset.OpsetOutcome;
import java.util.ArrayList;
import java.util.List;

/// Moves a model to another opset: as a whole or, where one node has no equal there, not at all.
public final class ConvertOpset implements ModelRewrite {
  private static final int FIRST_WITH_RESIZE_AS_IT_IS = 13;

  private final String name;
  private final String description;
  private final int target;
  private final boolean forUpsample;

  private ConvertOpset(String name, String description, int target, boolean forUpsample) {
    this.name = name;
    this.description = description;
    this.target = target;
    this.forUpsample = forUpsample;
  }

  /// Conversion of every model that is in another opset.
  public static ConvertOpset to(int target) {
    return new ConvertOpset(
        "convert-opset", "The model moves to opset " + target + ".", target, false);
  }

  /// Conversion of models with `Upsample`, which newer opsets have as `Resize`; only the latter has
  /// integer kernels.
  public static ConvertOpset ofUpsample() {
    return new ConvertOpset(
        "upsample-to-resize",
        "A model with Upsample moves to opset "
            + FIRST_WITH_RESIZE_AS_IT_IS
            + ", where that is a Resize.",
        FIRST_WITH_RESIZE_AS_IT_IS,
        true);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    int from = editor.model().opset().orElse(0);
    if (from == target || (forUpsample && (from > target || !hasUpsample(editor.graph())))) {
      return;
    }
    switch (OpsetConversion.to(editor.model(), target)) {
      case OpsetOutcome.Refused(var blockers) ->
          blockers.forEach(blocker -> log.declined(blocker.place(), blocker.message()));
      case OpsetOutcome.Converted _ -> {
        List<PassReport.Firing> changes = new ArrayList<>();
        if (!knowsEnough(editor.model())) {
          ShapeInference.infer(editor);
        }
        OpsetConversion.convert(editor, target, changes);
        log.applied("model", "opset " + from + " → " + target);
        changes.forEach(change -> log.applied(change.where(), change.what()));
      }
    }
  }

  /// Whether the conversion gets along with the types and shapes that the model states.
  private boolean knowsEnough(Model model) {
    Model trial = model.copy();
    List<Diagnostic> blockers = new ArrayList<>();
    trial.edit(
        editor -> blockers.addAll(OpsetConversion.convert(editor, target, new ArrayList<>())));
    return blockers.isEmpty();
  }

  private static boolean hasUpsample(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.is("Upsample") || node.subgraphs().stream().anyMatch(ConvertOpset::hasUpsample)) {
        return true;
      }
    }
    return false;
  }
}
