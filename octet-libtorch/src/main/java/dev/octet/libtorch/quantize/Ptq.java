package dev.octet.libtorch.quantize;

import dev.octet.data.SampleSource;
import dev.octet.numeric.QuantParams;
import dev.octet.plan.CalibrationTable;
import dev.octet.runtime.Progress;
import dev.octet.torch.export.Functionalization;
import dev.octet.torch.graph.ExportedProgram;
import java.util.LinkedHashMap;
import java.util.Map;

/// Post-training quantization of an exported program: open, equalize, fold batch normalization,
/// plan, observe, convert.
public final class Ptq {
  private Ptq() {}

  /// Quantizes a trained program.
  ///
  /// @param program in evaluation mode, as `torch.export` gives it
  /// @param samples representative inputs; labels do not matter
  /// @param progress hears of each observed sample
  /// @throws dev.octet.diagnostic.OctetException (`BAD_INPUT`) when the samples do not fit, or an
  ///     activation is not finite; (`USAGE`) when the scheme does not fit the program; (`FAILURE`)
  ///     when the program cannot be exported
  public static QuantizedProgram quantize(
      ExportedProgram program, SampleSource samples, PtqOptions options, Progress progress) {
    return converted(prepared(program, samples, options), samples, options, progress);
  }

  /// Quantizes a program in the form [#prepared] gives.
  static QuantizedProgram converted(
      ExportedProgram prepared, SampleSource samples, PtqOptions options, Progress progress) {
    ExportedProgram folded = ConvBatchNorm.fold(prepared);
    QuantizationPoints points = points(folded, samples, options, progress);
    return Converter.convert(folded, points, new Converter.Grids(grids(points), Map.of()));
  }

  /// The program in the form that is quantized, batch normalization aside; computes the same.
  static ExportedProgram prepared(
      ExportedProgram program, SampleSource samples, PtqOptions options) {
    ExportedProgram open = AttentionOpening.open(Functionalization.functional(program));
    return options.equalization().isPresent()
        ? ChannelEqualization.apply(open, samples, options.equalization().getAsDouble())
        : EqualizationChoice.nearest(open, samples, options);
  }

  /// Where a program goes on grids, and on which.
  ///
  /// @param folded batch normalization folded
  static QuantizationPoints points(
      ExportedProgram folded, SampleSource samples, PtqOptions options, Progress progress) {
    ProgramPlanner planner = ProgramPlanner.of(ProgramExport.of(folded), options.scheme());
    CalibrationTable table = ActivationRanges.observe(folded, planner.needs(), samples, progress);
    return planner.points(table);
  }

  static Map<String, QuantParams> grids(QuantizationPoints points) {
    Map<String, QuantParams> grids = new LinkedHashMap<>();
    points.groups().forEach(group -> grids.put(group.root(), group.grid()));
    return grids;
  }
}
