package dev.octet.rewrite;

import dev.octet.ir.Model;
import dev.octet.plan.QuantizationPlan;

/// A quantized model with what it came from.
///
/// @param model the new model, independent of the float one
/// @param plan what was rendered
/// @param alignment which of its values stand for which of the float model's
public record QuantizedModel(Model model, QuantizationPlan plan, ValueAlignment alignment) {

  /// The same model, fit to be looked into: where integer operators hand codes to each other, these
  /// are read back beside, so that every stand-in of the alignment holds real numbers. It computes
  /// the same, and is not for writing.
  public QuantizedModel observable() {
    return CodesReadBack.of(this);
  }
}
