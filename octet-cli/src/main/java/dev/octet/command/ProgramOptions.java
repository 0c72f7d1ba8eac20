package dev.octet.command;

import dev.octet.flow.ProgramRequest;
import dev.octet.libtorch.quantize.ProgramForms;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.plan.CalibrationMethod;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What `octet ptq` and `octet qat` share: the program, the files to write, and how it is put on
/// grids.
final class ProgramOptions {
  @Parameters(index = "0", paramLabel = "PROGRAM", description = "A trained float .pt2 file.")
  private @Nullable Path program;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "Take parameters and buffers from this checkpoint (.pth or .pt of torch.save,"
              + " .safetensors) instead of the program's own.")
  private @Nullable Path checkpoint;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The quantized ONNX model to write.")
  private @Nullable Path output;

  @Option(
      names = "--program",
      paramLabel = "FILE",
      description = "Also write the quantized program, which Python's torch.export.load opens.")
  private @Nullable Path quantizedProgram;

  @Option(
      names = {"--observer", "--method"},
      defaultValue = "mse",
      paramLabel = "NAME",
      description =
          "How activation ranges are observed: minmax, moving-average[:C], histogram (= mse, the"
              + " least squared error), mae, entropy, percentile[:P]. Default: ${DEFAULT-VALUE}.")
  private String observer = "mse";

  @Option(
      names = "--equalize",
      paramLabel = "STRENGTH",
      description =
          "How far channels are made alike before quantizing, 0 (not at all) to 1. Default: 0.75 or"
              + " 0, whichever brings the quantized program nearer to the float one.")
  private @Nullable Double equalize;

  @Option(
      names = "--target",
      paramLabel = "CPU",
      description =
          "The processor the ONNX model is to run on, as for octet export. Default: this"
              + " machine's.")
  private @Nullable String target;

  @Mixin private PolicyOptions grids = new PolicyOptions();

  ProgramRequest request() {
    return new ProgramRequest(
        Options.given(program),
        Optional.ofNullable(checkpoint),
        Options.given(output),
        Optional.ofNullable(quantizedProgram),
        TargetName.parse(target));
  }

  /// To be asked before everything else: what a program cannot say is refused before any work.
  ///
  /// @throws dev.octet.diagnostic.OctetException (USAGE) when the grids contradict each other or
  ///     have no form in a program
  PtqOptions quantization() {
    ProgramForms.require(grids.policy(), grids.overrides());
    CalibrationMethod method = Options.calibration("--observer", observer);
    PtqOptions options =
        PtqOptions.STANDARD.withScheme(
            grids.over(
                PtqOptions.STANDARD.scheme().defaults().toBuilder().calibration(method).build()));
    Double strength = equalize;
    return strength == null
        ? options
        : Options.checked("--equalize", () -> options.withEqualization(strength));
  }
}
