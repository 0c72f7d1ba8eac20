package dev.octet.ir.shape;

import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;

/// Infers element types and shapes of everything a model computes and writes them onto its values.
public final class ShapeInference {
  private ShapeInference() {}

  /// Infers what can be inferred and states it on the values of `model`, subgraphs included. A fact
  /// the model states already is never overwritten: where an operator contradicts it, the report
  /// says so. A stated symbol gives way to a number only.
  ///
  /// @return coverage, gaps and contradictions
  public static ShapeReport infer(Model model) {
    InferenceRun run = new InferenceRun(model);
    model.edit(
        editor -> {
          run.infer(model.graph());
          run.writeTo(editor);
        });
    return run.report();
  }

  /// As [#infer(Model)], as part of a running edit.
  public static ShapeReport infer(GraphEditor editor) {
    InferenceRun run = new InferenceRun(editor.model());
    run.infer(editor.model().graph());
    run.writeTo(editor);
    return run.report();
  }
}
