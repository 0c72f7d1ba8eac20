package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import java.util.List;

/// Turns a model, a scheme and ranges into a plan. Edits nothing; same input, same plan.
public final class QuantizationPlanner {
  private QuantizationPlanner() {}

  /// The values whose ranges [#plan] will ask the calibration table for.
  ///
  /// @param model a float model, prepared (constants folded, batch norms folded, types known)
  /// @throws OctetException when the scheme does not fit the model
  public static CalibrationNeeds needs(Model model, QuantizationScheme scheme) {
    if (!scheme.format().needsCalibration()) {
      scheme.requireMatches(model);
      requireOpset(model, scheme);
      return new CalibrationNeeds(List.of());
    }
    return new CalibrationNeeds(
        builder(model, scheme, new CalibrationTable(java.util.Map.of())).needs());
  }

  /// The plan.
  ///
  /// @param model the model that was given to [#needs]
  /// @param table a range for every value of [#needs]; not looked at for dynamic quantization
  /// @throws OctetException when the scheme does not fit the model, ranges are missing, or a weight
  ///     holds something that is no number
  public static QuantizationPlan plan(
      Model model, QuantizationScheme scheme, CalibrationTable table) {
    if (!scheme.format().needsCalibration()) {
      requireOpset(model, scheme);
      return new DynamicPlanBuilder(new ModelFacts(model), scheme).build();
    }
    return builder(model, scheme, table).build();
  }

  private static PlanBuilder builder(
      Model model, QuantizationScheme scheme, CalibrationTable table) {
    requireOpset(model, scheme);
    return new PlanBuilder(new ModelFacts(model), scheme, table);
  }

  private static void requireOpset(Model model, QuantizationScheme scheme) {
    int opset = model.opset().orElse(0);
    List<Diagnostic> found =
        OpsetNeed.of(scheme).stream()
            .filter(need -> opset < need.opset())
            .map(
                need ->
                    new Diagnostic(
                        "opset-too-old",
                        "opset " + opset,
                        need.what() + " ONNX opset " + need.opset() + " or newer",
                        need.hint()))
            .toList();
    if (!found.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, found, null);
    }
  }
}
