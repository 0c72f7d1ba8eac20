package dev.octet.plan;

import dev.octet.ir.Model;

/// Turns a model, a scheme and ranges into a plan. Edits nothing; same input, same plan.
public final class QuantizationPlanner {
  private QuantizationPlanner() {}

  /// The values whose ranges [#plan] will ask the calibration table for.
  ///
  /// @param model a float model, prepared (constants folded, batch norms folded, types known)
  /// @throws dev.octet.diagnostic.OctetException when the scheme does not fit the model
  public static CalibrationNeeds needs(Model model, QuantizationScheme scheme) {
    throw new UnsupportedOperationException("not yet");
  }

  /// The plan.
  ///
  /// @param table a range for every value of [#needs]
  /// @throws dev.octet.diagnostic.OctetException when the scheme does not fit the model or ranges
  /// are
  ///     missing
  public static QuantizationPlan plan(
      Model model, QuantizationScheme scheme, CalibrationTable table) {
    throw new UnsupportedOperationException("not yet");
  }
}
