package dev.octet.ir.shape;

import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import java.util.Map;

/// Infers element types and shapes of everything a model computes and writes them onto its values.
public final class ShapeInference {
  private ShapeInference() {}

  /// Infers what can be inferred and states it on the values of `model`, subgraphs included. A fact
  /// the model states already is never overwritten: where an operator contradicts it, the report
  /// says so. A stated symbol gives way to a number, and to another symbol where an operator forces
  /// the two to be equal.
  ///
  /// @return coverage, gaps and contradictions
  public static ShapeReport infer(Model model) {
    return infer(model, ShapeHints.NONE);
  }

  /// As [#infer(Model)], completed by what real runs showed where no rule knows. Each hint taken is
  /// in the report.
  public static ShapeReport infer(Model model, ShapeHints hints) {
    return infer(model, hints, ShapeAssumptions.NONE);
  }

  /// As [#infer(Model, ShapeHints)], with more taken for granted than operators say. Names of sizes
  /// that nodes compute are then found anew where a rule knows them, for those that are stated may
  /// come from an inference that assumed less. Each assumption is in the report.
  public static ShapeReport infer(Model model, ShapeHints hints, ShapeAssumptions assumptions) {
    InferenceRun run = TrialInference.of(model, hints, assumptions);
    model.edit(run::writeTo);
    return run.report();
  }

  /// As [#infer(Model)], as part of a running edit.
  public static ShapeReport infer(GraphEditor editor) {
    InferenceRun run = TrialInference.of(editor.model(), ShapeHints.NONE, ShapeAssumptions.NONE);
    run.writeTo(editor);
    return run.report();
  }

  /// What a model states by itself: coverage alone, without inferring anything.
  public static ShapeReport stated(Model model) {
    ShapeCounts counts = new ShapeCounts(Value::type);
    counts.add(model.graph());
    return counts.report();
  }

  /// Integer and BOOL tensors that nodes compute but that shapes and constants determine, such as
  /// the result of `Shape` on a tensor of static shape; in graph order, subgraphs included. Edits
  /// nothing.
  public static Map<Value, Tensor> knownIntegers(Model model) {
    return TrialInference.of(model, ShapeHints.NONE, ShapeAssumptions.NONE).knownIntegers();
  }
}
