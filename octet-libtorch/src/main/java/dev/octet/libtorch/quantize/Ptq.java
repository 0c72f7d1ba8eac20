package dev.octet.libtorch.quantize;

import dev.octet.data.SampleSource;
import dev.octet.numeric.QuantParams;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Policy;
import dev.octet.plan.WeightGranularity;
import dev.octet.runtime.Progress;
import dev.octet.stats.Range;
import dev.octet.torch.graph.ExportedProgram;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Post-training quantization of an exported program: equalize, fold batch normalization, observe,
/// convert.
public final class Ptq {
  private Ptq() {}

  /// Quantizes a trained program.
  ///
  /// @param program in evaluation mode, as `torch.export` gives it
  /// @param samples representative inputs; labels do not matter
  /// @param progress hears of each observed sample
  /// @throws dev.octet.diagnostic.OctetException (`BAD_INPUT`) when the samples do not fit, or an
  ///     activation is not finite
  public static QuantizedProgram quantize(
      ExportedProgram program, SampleSource samples, PtqOptions options, Progress progress) {
    ExportedProgram equalized = ChannelEqualization.apply(program, samples, options.equalization());
    ExportedProgram folded = ConvBatchNorm.fold(equalized);
    QuantizationPoints points = QuantizationPoints.of(folded);
    Policy policy = options.policy();
    return Converter.convert(
        folded,
        points,
        grids(observe(folded, points, samples, policy, progress), policy),
        policy.weightRule(),
        perChannel(policy));
  }

  static CalibrationTable observe(
      ExportedProgram program,
      QuantizationPoints points,
      SampleSource samples,
      Policy policy,
      Progress progress) {
    List<String> roots = points.groups().stream().map(QuantizationPoints.Group::root).toList();
    return ActivationRanges.observe(
        program,
        roots,
        samples,
        Objects.requireNonNull(policy.calibration()),
        policy.activationRule(),
        progress);
  }

  static Map<String, QuantParams> grids(CalibrationTable table, Policy policy) {
    Map<String, QuantParams> grids = new LinkedHashMap<>();
    table
        .entries()
        .forEach(
            (value, entry) -> {
              Range range = entry.range();
              grids.put(
                  value,
                  QuantParams.perTensor(
                      Objects.requireNonNull(policy.activationType()),
                      policy.activationRule().choose(range.min(), range.max())));
            });
    return grids;
  }

  static boolean perChannel(Policy policy) {
    return policy.granularity() instanceof WeightGranularity.PerChannel;
  }
}
