package dev.octet.parity;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.QuantizationPlan;

/// Plans as `onnxruntime.quantization` would. Pure: the model is left as it is.
public final class PeerPlanner {
  private PeerPlanner() {}

  /// The values whose ranges the peer would calibrate: more than a plan uses, since the peer
  /// chooses
  /// by operator type alone. Empty in dynamic form.
  ///
  /// @param model converted to [PeerOptions#neededOpset] already
  public static CalibrationNeeds needs(Model model, PeerOptions options) {
    return PeerCalibration.needs(new PeerGraph(model), options);
  }

  /// The plan the peer's rules lead to.
  ///
  /// @param model converted to [PeerOptions#neededOpset] already
  /// @param table ranges of at least the values that are quantized; empty in dynamic form
  /// @throws OctetException (BAD_INPUT) when a range is missing, naming every such value
  public static QuantizationPlan plan(Model model, PeerOptions options, CalibrationTable table) {
    PeerGraph graph = new PeerGraph(model);
    return switch (options.format()) {
      case QDQ -> PeerQdqPlan.make(graph, options, table);
      case QOPERATOR, DYNAMIC ->
          throw OctetException.failure(
              "format-not-ready",
              "format " + options.format(),
              "cannot be planned in the peer's manner yet",
              "use format QDQ",
              null);
    };
  }
}
