package dev.octet.flow;

import dev.octet.calibrate.CalibrationFile;
import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.calibrate.PeerOptionsFile;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.Symmetry;
import dev.octet.parity.PeerOptions;
import dev.octet.parity.PeerPlanner;
import dev.octet.parity.PeerSwitch;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.WeightGranularity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Quantizes by the rules of `onnxruntime.quantization`: the same options, ranges and names, and no
/// step of ours before it.
final class PeerManner {
  private static final int OPSET_OF_AXES = 13;

  private PeerManner() {}

  /// The model in the opset the peer would convert it to.
  static FloatModel prepare(Model original, QuantizeRequest request) {
    return new FloatModel(original, PeerPlanner.prepare(original, options(request)), List.of());
  }

  /// @param model what [#prepare] gave
  /// @param samples to calibrate with, where ranges come from samples
  static QuantizationPlan plan(
      Model model, QuantizeRequest request, Optional<SampleSource> samples, Stages stages) {
    PeerOptions options = options(request);
    requireAxes(model, options);
    return PeerPlanner.plan(model, options, table(model, request, options, samples, stages));
  }

  /// The peer writes a file here that nothing opens.
  private static void requireAxes(Model model, PeerOptions options) {
    int opset = model.opset().orElse(0);
    if (options.format() == OutputFormat.QDQ
        && options.has(PeerSwitch.PER_CHANNEL)
        && opset < OPSET_OF_AXES) {
      throw OctetException.usage(
          "opset-too-old",
          "scales per channel",
          "need opset %d, the model has %d, and onnxruntime.quantization does not raise it"
              .formatted(OPSET_OF_AXES, opset),
          "run octet prepare --opset %d first, or leave out per_channel".formatted(OPSET_OF_AXES));
    }
  }

  private static CalibrationTable table(
      Model model,
      QuantizeRequest request,
      PeerOptions options,
      Optional<SampleSource> samples,
      Stages stages) {
    if (request.ranges() instanceof QuantizeRequest.Ranges.Table(var file)) {
      return CalibrationFile.readAny(file);
    }
    CalibrationNeeds needs = PeerPlanner.needs(model, options);
    return needs.isEmpty()
        ? new CalibrationTable(Map.of())
        : Calibrator.run(
            model,
            "the float model",
            needs,
            samples.orElseThrow(),
            CalibrationOptions.DEFAULT,
            stages.begin("calibrating"));
  }

  private static PeerOptions options(QuantizeRequest request) {
    Wishes wishes = request.wishes();
    Policy policy = wishes.policy();
    PeerOptions.Builder builder =
        switch (wishes.format()) {
          case QDQ -> PeerOptions.qdq();
          case QOPERATOR -> PeerOptions.qoperator();
          case DYNAMIC -> PeerOptions.dynamic();
        };
    if (wishes.manner() instanceof Wishes.Manner.OnnxRuntime(Optional<Path> file)) {
      file.ifPresent(path -> PeerOptionsFile.read(path, builder));
    }
    if (policy.activationType() != null) {
      builder.activations(policy.activationType());
    }
    if (policy.weightType() != null) {
      builder.weights(policy.weightType());
    }
    if (request.ranges() instanceof QuantizeRequest.Ranges.Method(CalibrationMethod method)) {
      builder.calibration(method);
    }
    switch (policy.granularity()) {
      case WeightGranularity.PerChannel _ -> builder.with(PeerSwitch.PER_CHANNEL);
      case WeightGranularity.PerBlock(int size) -> builder.blockSize(size);
      case WeightGranularity.PerTensor _ -> {}
      case null -> {}
    }
    if (policy.span() == CodeSpan.REDUCED) {
      builder.with(PeerSwitch.REDUCE_RANGE);
    }
    if (policy.activationSymmetry() == Symmetry.SYMMETRIC) {
      builder.with(PeerSwitch.ACTIVATION_SYMMETRIC);
    }
    if (policy.activationSymmetry() == Symmetry.RESTRICTED) {
      builder.with(PeerSwitch.ACTIVATION_RESTRICTED);
    }
    if (policy.weightSymmetry() != null) {
      builder.weightSymmetric(policy.weightSymmetry() == Symmetry.SYMMETRIC);
    }
    if (policy.minimumRealRange() != null) {
      builder.minimumRealRange(policy.minimumRealRange());
    }
    return builder
        .opTypes(wishes.onlyOps())
        .nodes(wishes.onlyNodes())
        .excludeNodes(wishes.keepNodes())
        .build();
  }
}
