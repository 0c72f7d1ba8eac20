package dev.octet.rewrite;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.plan.QuantizationPlan;

/// Renders a plan as a model with `QuantizeLinear` and `DequantizeLinear` nodes.
public final class PlanRewriter {
  /// `metadata_props` key that holds [QuantizationPlan#hash()].
  public static final String PLAN_HASH = "octet.plan";

  private PlanRewriter() {}

  /// Renders the plan into a copy of the model.
  ///
  /// @param model the model the plan was made for; left as it is
  /// @throws OctetException (BAD_INPUT) when the plan names what the model does not have
  public static QuantizedModel rewrite(Model model, QuantizationPlan plan) {
    Model copy = model.copy();
    RenderedNames names =
        switch (plan.style()) {
          case COMPACT -> new CompactNames();
          case PEER -> new PeerNames();
        };
    QdqRendering rendering =
        switch (plan.format()) {
          case QDQ -> new QdqRendering(copy, plan, names);
          case QOPERATOR, DYNAMIC ->
              throw OctetException.failure(
                  "format-not-ready",
                  "format " + plan.format(),
                  "cannot be rendered yet",
                  "use format QDQ",
                  null);
        };
    copy.edit(rendering::render);
    return new QuantizedModel(copy, plan, rendering.alignment());
  }
}
