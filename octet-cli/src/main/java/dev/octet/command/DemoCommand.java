package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.flow.DemoFlow;
import dev.octet.libtorch.quantize.QatOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Run the whole path on a keyword-spotting network (M5) and the embedded spoken words: export,"
          + " prepare, quantize on the ONNX side and on the PyTorch side (PTQ and QAT), align,"
          + " evaluate. Ends with the table of all six variants."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet demo",
      "  octet demo --out results --checkpoint m5_speech_commands.pt2 \\",
      "      --train train.zip --validation val.zip --test test.zip",
    })
final class DemoCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "octet-demo",
      description = "Folder for the models and the report. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("octet-demo");

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "Trained program. Default: the one that comes with Octet.")
  private @Nullable Path checkpoint;

  @Option(names = "--train", paramLabel = "PATH", description = "Training samples.")
  private @Nullable Path train;

  @Option(names = "--validation", paramLabel = "PATH", description = "Validation samples.")
  private @Nullable Path validation;

  @Option(names = "--test", paramLabel = "PATH", description = "Test samples.")
  private @Nullable Path test;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Seed of every random choice. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--qat-epochs",
      defaultValue = "20",
      paramLabel = "N",
      description = "Epochs of quantization-aware training. Default: ${DEFAULT-VALUE}.")
  private int qatEpochs;

  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    result.check();
    DemoFlow.Request request =
        new DemoFlow.Request(
            embedded(checkpoint, "checkpoints/m5_spoken_words.pt2"),
            embedded(train, "data/spoken_words_train.zip"),
            embedded(validation, "data/spoken_words_val.zip"),
            embedded(test, "data/spoken_words_test.zip"),
            out,
            Options.checked("--qat-epochs", () -> qat(qatEpochs, seed)),
            seed);
    var err = Options.given(spec).commandLine().getErr();
    DemoFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found =
          DemoFlow.run(
              request,
              progress,
              line -> {
                progress.close();
                err.println(line);
                err.flush();
              });
    }
    result.show(found.table().json(), found::report);
    err.println("The page with everything: " + found.page());
    err.flush();
    return ExitCodes.OK;
  }

  /// The standard course, shortened.
  private static QatOptions qat(int epochs, long seed) {
    QatOptions standard = QatOptions.STANDARD;
    return standard.toBuilder()
        .training(
            standard.training().toBuilder()
                .augmentation(TrainingMixin.STANDARD_AUGMENTATION)
                .epochs(epochs)
                .seed(seed)
                .build())
        .build();
  }

  /// A file the user named, or the one in the checkout.
  private static Path embedded(@Nullable Path given, String name) {
    if (given != null) {
      return given;
    }
    Path file = Path.of(System.getProperty("octet.home", "."), "examples", "speech-commands", name);
    if (!Files.exists(file)) {
      throw OctetException.usage(
          "no-embedded-data",
          file.toString(),
          "is not there",
          "run ./octet from a checkout, or name your own files");
    }
    return file;
  }
}
