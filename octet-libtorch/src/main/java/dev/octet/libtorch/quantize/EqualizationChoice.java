package dev.octet.libtorch.quantize;

import dev.octet.align.AlignOptions;
import dev.octet.align.Aligner;
import dev.octet.align.TensorAlignment;
import dev.octet.align.Tolerance;
import dev.octet.data.SampleSource;
import dev.octet.equalize.ChannelFactors;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.runtime.Progress;
import dev.octet.torch.graph.ExportedProgram;

/// Whether channels are equalized, decided by what comes of it. Speech networks gain 4 dB where a
/// few channels are loud; a deep network whose layers read alike channels loses as much, since the
/// weights that read them get the whole spread.
final class EqualizationChoice {
  /// Samples that decide, at most: ways as far apart as these show on few.
  private static final int DECIDING = 64;

  private EqualizationChoice() {}

  /// The program, equalized where its quantized form then comes nearer to it.
  static ExportedProgram nearest(
      ExportedProgram program, SampleSource samples, PtqOptions options) {
    ExportedProgram equalized =
        ChannelEqualization.apply(program, samples, ChannelFactors.STRENGTH);
    if (equalized == program) {
      return program;
    }
    SampleSource few = samples.balancedSample(DECIDING, 0);
    try (LibtorchInterpreter reference = new LibtorchInterpreter("the program", program)) {
      double plain = sqnr(reference, program, few, options);
      return sqnr(reference, equalized, few, options) >= plain ? equalized : program;
    }
  }

  /// Of the worst output.
  private static double sqnr(
      LibtorchInterpreter reference,
      ExportedProgram program,
      SampleSource samples,
      PtqOptions options) {
    ExportedProgram quantized = Ptq.converted(program, samples, options, Progress.NONE).program();
    try (LibtorchInterpreter other = new LibtorchInterpreter("the quantized program", quantized)) {
      return Aligner.align(
              reference,
              other,
              samples,
              AlignOptions.DEFAULT.withTolerance(Tolerance.QUANTIZED),
              Progress.NONE)
          .outputs()
          .stream()
          .mapToDouble(TensorAlignment::sqnrDb)
          .filter(each -> !Double.isNaN(each))
          .min()
          .orElse(0);
    }
  }
}
