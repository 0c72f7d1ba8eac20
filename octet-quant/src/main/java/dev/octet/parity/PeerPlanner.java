package dev.octet.parity;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.QuantizationPlan;

/// Plans as `onnxruntime.quantization` would. Pure: the model is left as it is.
public final class PeerPlanner {
  private PeerPlanner() {}

  /// The model the peer plans for: a copy in the opset that [PeerOptions#neededOpset] names, in
  /// which initializers that will be stored as codes are no graph inputs any more. To be called
  /// first; the other methods take its result.
  ///
  /// @param model left as it is
  /// @throws OctetException (FAILURE) when a node has no equal in that opset
  public static Model prepare(Model model, PeerOptions options) {
    return PeerPreparation.prepare(model, options);
  }

  /// The values whose ranges the peer would calibrate: more than a plan uses, since the peer
  /// chooses by operator type alone. Empty in dynamic form.
  ///
  /// @param model what [#prepare] gave
  public static CalibrationNeeds needs(Model model, PeerOptions options) {
    return PeerCalibration.needs(new PeerGraph(model, options), options);
  }

  /// The plan the peer's rules lead to.
  ///
  /// @param model what [#prepare] gave
  /// @param table ranges of at least the values that are quantized; empty in dynamic form
  /// @throws OctetException (BAD_INPUT) when a range is missing, naming every such value
  public static QuantizationPlan plan(Model model, PeerOptions options, CalibrationTable table) {
    PeerGraph graph = new PeerGraph(model, options);
    CalibrationTable ranges = PeerCalibration.ranges(table, options);
    return switch (options.format()) {
      case QDQ -> PeerQdqPlan.make(graph, options, ranges);
      case QOPERATOR -> PeerOperatorPlan.make(graph, options, ranges);
      case DYNAMIC -> PeerDynamicPlan.make(graph, options);
    };
  }
}
