package dev.octet.transform.rules;

import dev.octet.ir.GraphEditor;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.ir.shape.ShapeReport;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteLog;

/// Writes element types and shapes onto every value where they can be inferred. Other rules ask for
/// them.
public final class InferShapes implements ModelRewrite {
  @Override
  public String name() {
    return "infer-shapes";
  }

  @Override
  public String description() {
    return "Types and shapes are inferred and written as value_info.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    ShapeReport report = ShapeInference.infer(editor);
    if (report.changed() > 0) {
      log.applied(
          "model",
          report.changed()
              + " types completed; shapes of "
              + report.shaped()
              + " of "
              + report.values()
              + " tensors known");
    }
    report.gaps().forEach(gap -> log.declined(gap.value(), gap.reason()));
    report.contradictions().forEach(finding -> log.declined(finding.place(), finding.message()));
  }
}
