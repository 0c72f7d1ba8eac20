package dev.octet.command;

import dev.octet.flow.QatFlow;
import dev.octet.libtorch.quantize.QatOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "qat",
    mixinStandardHelpOptions = true,
    description = {
      "Train a PyTorch program through fake quantization, on libtorch, and export it to ONNX as"
          + " int8. Starts from a trained float program and takes few epochs; the float program"
          + " also serves as the teacher."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet qat m5.pt2 --data train.zip --validation val.zip -o m5_qat.onnx",
      "  octet qat m5.pt2 --data train.zip --epochs 6 -o m5_qat.onnx --program m5_qat.pt2",
    })
final class QatCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PROGRAM", description = "A trained float .pt2 file.")
  private @Nullable Path program;

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--validation",
      paramLabel = "PATH",
      description = "Samples that choose the best epoch. Default: a tenth of --data, held back.")
  private @Nullable Path validation;

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
      names = "--distillation",
      paramLabel = "SHARE",
      description =
          "Share (0 to 1) of the float program's own answers in what is learned. Default: 0.5.")
  private @Nullable Double distillation;

  @Mixin private TrainingMixin training = new TrainingMixin();
  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    result.check();
    QatOptions standard = QatOptions.STANDARD;
    QatOptions options =
        Options.checked(
            "--distillation",
            () ->
                standard
                    .withTraining(training.over(standard.training(), data.seed()))
                    .withDistillation(
                        distillation == null ? standard.distillation() : distillation));
    QatFlow.Request request =
        new QatFlow.Request(
            Options.given(program),
            Options.given(output),
            Optional.ofNullable(quantizedProgram),
            data.request(),
            Optional.ofNullable(validation).map(data::requestOf),
            options);
    QatFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = QatFlow.run(request, progress, progress.epochs());
    }
    result.show(found, found::report);
    return ExitCodes.OK;
  }
}
