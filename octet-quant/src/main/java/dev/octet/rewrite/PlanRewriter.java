package dev.octet.rewrite;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.QuantizationPlan;
import dev.octet.rewrite.qoperator.QOperatorFold;
import java.util.HashMap;
import java.util.Map;

/// Renders a plan as a model, in the plan's format.
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
          case PEER ->
              plan.format() == OutputFormat.QDQ ? new PeerNames() : new PeerOperatorNames();
        };
    QdqRendering rendering =
        switch (plan.format()) {
          case QDQ, QOPERATOR -> new QdqRendering(copy, plan, names);
          case DYNAMIC ->
              throw OctetException.failure(
                  "format-not-ready",
                  "format " + plan.format(),
                  "cannot be rendered yet",
                  "use format QDQ",
                  null);
        };
    copy.edit(rendering::render);
    ValueAlignment alignment = rendering.alignment();
    if (plan.format() == OutputFormat.QOPERATOR) {
      Map<String, Value> gone = new HashMap<>();
      copy.edit(
          editor ->
              gone.putAll(
                  QOperatorFold.fold(
                      editor, rendering.quantizedNodes()::contains, foldNames(plan))));
      alignment = alignment.inCodes(gone);
    }
    return new QuantizedModel(copy, plan, alignment);
  }

  private static QOperatorFold.Names foldNames(QuantizationPlan plan) {
    return switch (plan.style()) {
      case COMPACT -> new CompactFoldNames();
      case PEER -> new PeerFoldNames();
    };
  }
}
