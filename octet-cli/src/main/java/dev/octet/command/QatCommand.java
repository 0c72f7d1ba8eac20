package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.flow.QatFlow;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.libtorch.quantize.QatOptions;
import dev.octet.libtorch.train.Objective;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
      "  octet qat m5.pt2 --data train.zip --epochs 6 --lsq --checkpoints run1 -o m5_qat.onnx",
      "  octet qat bert.pt2 --data tokens.npz --loss mse --epochs 3 -o bert_qat.onnx",
    })
final class QatCommand implements Callable<Integer> {
  @Mixin private ProgramOptions program = new ProgramOptions();
  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--lsq",
      description =
          "Train the step sizes of grids with the network (learned step size quantization) instead"
              + " of observing ranges.")
  private boolean learnedSteps;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      defaultValue = "cross-entropy",
      description =
          "What is learned. cross-entropy: labels, blended with the float program's answers; kl:"
              + " the float program's distribution over the classes; mse: its outputs. The last two"
              + " need no labels. Default: ${DEFAULT-VALUE}.")
  private String loss = "cross-entropy";

  @Option(
      names = "--distillation",
      paramLabel = "SHARE",
      defaultValue = "0.9",
      description =
          "Share (0 to 1) of the float program's own answers in what --loss cross-entropy learns."
              + " Default: ${DEFAULT-VALUE}.")
  private double distillation = 0.9;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description = "Temperature of --loss kl. Default: ${DEFAULT-VALUE}.")
  private double temperature = 1;

  @Mixin private TrainingMixin training = new TrainingMixin();
  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    PtqOptions start = program.quantization();
    result.check();
    QatOptions standard = QatOptions.STANDARD;
    QatOptions options =
        standard.toBuilder()
            .start(start)
            .steps(learnedSteps ? QatOptions.StepSizes.LEARNED : QatOptions.StepSizes.OBSERVED)
            .training(training.over(standard.training(), data.seed()))
            .objective(objective())
            .build();
    QatFlow.Request request =
        new QatFlow.Request(program.request(), data.request(), training.validation(data), options);
    QatFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = QatFlow.run(request, progress, progress.epochs());
    }
    result.show(found, found::report);
    return ExitCodes.OK;
  }

  private Objective objective() {
    return switch (loss) {
      case "cross-entropy" ->
          Options.checked("--distillation", () -> new Objective.Labels(distillation));
      case "kl" -> Options.checked("--temperature", () -> new Objective.Divergence(temperature));
      case "mse" -> new Objective.SquaredError();
      default ->
          throw OctetException.usage(
              "bad-option",
              "--loss",
              "'" + loss + "' is no loss known here",
              "one of cross-entropy, kl, mse");
    };
  }
}
