package dev.octet.command;

import dev.octet.flow.TrainFlow;
import dev.octet.libtorch.train.TrainingOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a PyTorch program on labelled samples, on libtorch: AdamW with a one-cycle schedule."
          + " The epoch with the best validation accuracy is kept."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet train m5.pt2 --data train.zip --validation val.zip --epochs 60 -o m5_fp32.pt2",
      "  octet train m5.pt2 --data clips/ --epochs 20 --seed 1 -o m5_fp32.pt2",
    })
final class TrainCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PROGRAM", description = "A .pt2 file.")
  private @Nullable Path program;

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The trained program to write.")
  private @Nullable Path output;

  @Mixin private TrainingMixin training = new TrainingMixin();
  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    result.check();
    TrainFlow.Request request =
        new TrainFlow.Request(
            Options.given(program),
            Options.given(output),
            data.request(),
            training.validation(data),
            training.over(TrainingOptions.STANDARD, data.seed()));
    TrainFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = TrainFlow.run(request, progress, progress.epochs());
    }
    result.show(found, found::report);
    return ExitCodes.OK;
  }
}
