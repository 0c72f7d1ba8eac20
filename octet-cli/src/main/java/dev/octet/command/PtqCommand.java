package dev.octet.command;

import dev.octet.flow.PtqFlow;
import dev.octet.flow.QuantizedOutput;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.plan.CalibrationMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "ptq",
    mixinStandardHelpOptions = true,
    description = {
      "Quantize a PyTorch program after training, on libtorch, and export the result to ONNX.",
      "Batch normalization is folded, activations are observed, weights become int8 with one scale"
          + " for each output channel, biases int32."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet ptq m5.pt2 --data train.zip --samples 500 -o m5_ptq.onnx",
      "  octet ptq m5.pt2 --data train.zip -o m5_ptq.onnx --program m5_ptq.pt2 --method minmax",
    })
final class PtqCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PROGRAM", description = "A float .pt2 file.")
  private @Nullable Path program;

  @Mixin private DataOptions data = new DataOptions();

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
      names = "--method",
      defaultValue = "mse",
      paramLabel = "METHOD",
      description =
          "How activation ranges are chosen: minmax, mse, entropy, percentile:P. Default:"
              + " ${DEFAULT-VALUE}.")
  private String method = "mse";

  @Option(
      names = "--equalize",
      paramLabel = "STRENGTH",
      description =
          "How far channels are made alike before quantizing, 0 (not at all) to 1. Default: 0.75.")
  private @Nullable Double equalize;

  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    result.check();
    CalibrationMethod calibration = Options.calibration(method);
    PtqOptions options =
        Options.checked(
            "--equalize",
            () -> {
              PtqOptions standard = PtqOptions.STANDARD.withCalibration(calibration);
              return equalize == null ? standard : standard.withEqualization(equalize);
            });
    PtqFlow.Request request =
        new PtqFlow.Request(
            Options.given(program),
            Options.given(output),
            Optional.ofNullable(quantizedProgram),
            data.request(),
            options);
    QuantizedOutput found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = PtqFlow.run(request, progress);
    }
    result.show(found, () -> found.report(List.of()));
    return ExitCodes.OK;
  }
}
