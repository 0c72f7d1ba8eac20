package dev.octet.rewrite;

import dev.octet.ir.Model;
import dev.octet.plan.QuantizationPlan;

/// Renders a plan as a model with `QuantizeLinear` and `DequantizeLinear` nodes.
public final class PlanRewriter {
  private PlanRewriter() {}

  /// @param model the model the plan was made for; left as it is
  /// @throws dev.octet.diagnostic.OctetException when the plan names what the model does not have
  public static QuantizedModel rewrite(Model model, QuantizationPlan plan) {
    throw new UnsupportedOperationException("not yet");
  }
}
