package dev.octet.rewrite;

import dev.octet.ir.Model;
import dev.octet.plan.QuantizationPlan;

/// A quantized model with what it came from.
///
/// @param model the new model, independent of the float one
/// @param plan what was rendered
/// @param alignment which of its values stand for which of the float model's
public record QuantizedModel(Model model, QuantizationPlan plan, ValueAlignment alignment) {}
