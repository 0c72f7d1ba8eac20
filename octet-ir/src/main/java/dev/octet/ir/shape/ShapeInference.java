package dev.octet.ir.shape;

import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import java.util.List;

/// Infers element types and shapes of everything a model computes and writes them onto its values.
public final class ShapeInference {
  private ShapeInference() {}

  /// Infers what can be inferred and states it on the values of `model`, subgraphs included. A fact
  /// the model states already is never overwritten: where an operator contradicts it, the report
  /// says so.
  ///
  /// @return coverage, gaps and contradictions
  public static ShapeReport infer(Model model) {
    return new ShapeReport(0, 0, 0, 0, List.of(), List.of());
  }

  /// As [#infer(Model)], as part of a running edit.
  public static ShapeReport infer(GraphEditor editor) {
    return infer(editor.model());
  }
}
