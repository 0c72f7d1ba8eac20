package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import java.util.List;

/// Turns a model, a scheme and ranges into a plan. Edits nothing; same input, same plan.
public final class QuantizationPlanner {
  /// `QuantizeLinear` exists since opset 10, its `axis` since 13.
  private static final int PER_TENSOR_OPSET = 10;

  private static final int PER_CHANNEL_OPSET = 13;

  private QuantizationPlanner() {}

  /// The values whose ranges [#plan] will ask the calibration table for.
  ///
  /// @param model a float model, prepared (constants folded, batch norms folded, types known)
  /// @throws OctetException when the scheme does not fit the model
  public static CalibrationNeeds needs(Model model, QuantizationScheme scheme) {
    if (!scheme.format().needsCalibration()) {
      requireFit(model, scheme);
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
      requireFit(model, scheme);
      return new DynamicPlanBuilder(new ModelFacts(model), scheme).build();
    }
    return builder(model, scheme, table).build();
  }

  private static PlanBuilder builder(
      Model model, QuantizationScheme scheme, CalibrationTable table) {
    requireFit(model, scheme);
    ModelFacts facts = new ModelFacts(model);
    return new PlanBuilder(facts, scheme, Reach.of(facts, scheme), table);
  }

  private static void requireFit(Model model, QuantizationScheme scheme) {
    scheme.requireMatches(model);
    requireOpset(model, scheme);
  }

  private static void requireOpset(Model model, QuantizationScheme scheme) {
    // Integer products take scales per channel as they come; `DequantizeLinear` needs an axis.
    boolean perChannel = scheme.format() != OutputFormat.DYNAMIC && hasScalesPerChannel(scheme);
    int needed = perChannel ? PER_CHANNEL_OPSET : PER_TENSOR_OPSET;
    int opset = model.opset().orElse(0);
    if (opset < needed) {
      throw new OctetException(
          OctetException.Kind.BAD_INPUT,
          List.of(
              new Diagnostic(
                  "opset-too-old",
                  "opset " + opset,
                  (perChannel ? "scales per channel need" : "quantization needs")
                      + " ONNX opset "
                      + needed
                      + " or newer",
                  perChannel && opset >= PER_TENSOR_OPSET
                      ? "convert the model to a newer opset, or ask for scales per tensor"
                      : "convert the model to a newer opset")),
          null);
    }
  }

  private static boolean hasScalesPerChannel(QuantizationScheme scheme) {
    return scheme.defaults().granularity() instanceof WeightGranularity.PerChannel
        || scheme.layers().stream()
            .anyMatch(l -> l.policy().granularity() instanceof WeightGranularity.PerChannel);
  }
}
