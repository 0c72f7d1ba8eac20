package dev.octet.flow;

import dev.octet.data.HeldBack;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.train.EpochResult;
import dev.octet.libtorch.train.Trainer;
import dev.octet.libtorch.train.TrainingListener;
import dev.octet.libtorch.train.TrainingOptions;
import dev.octet.libtorch.train.TrainingResult;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.Progress;
import dev.octet.runtime.TensorSpec;
import dev.octet.torch.archive.Pt2Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// An untrained program and labelled samples in, a trained program out.
public final class TrainFlow {
  /// Share of the samples that chooses the best epoch when no other samples are given for it.
  private static final double HELD_BACK = 0.1;

  private TrainFlow() {}

  /// @param program file of the program to train
  /// @param output file to write
  /// @param train labelled samples to train on
  /// @param validation labelled samples that choose the best epoch; empty to hold a tenth back
  /// @param options how to train
  public record Request(
      Path program,
      Path output,
      SampleRequest train,
      Optional<SampleRequest> validation,
      TrainingOptions options) {}

  /// @param output file written
  /// @param history one entry an epoch
  public record Result(String output, List<EpochResult> history) {
    /// The epoch whose weights were kept.
    public EpochResult best() {
      return history.stream()
          .filter(EpochResult::best)
          .reduce((earlier, later) -> later)
          .orElseThrow();
    }

    public Report report() {
      return new Report(
          "Trained " + output,
          List.of(
              table(history),
              new Section.Paragraph(
                  "",
                  List.of(
                      "Kept epoch %d: %s on the validation samples."
                          .formatted(best().epoch(), score(best()))))));
    }
  }

  /// @param epochs hears of each epoch as it ends
  /// @throws OctetException when the program or a sample cannot be used, or the program has no
  ///     log-probabilities or scores to train on
  public static Result run(Request request, Stages stages, TrainingListener epochs) {
    OutputFile.checked(request.output());
    ModelFile.Torch file = ModelFile.readProgram(request.program());
    List<TensorSpec> inputs;
    try (LibtorchInterpreter runner =
        new LibtorchInterpreter(file.path().toString(), file.program())) {
      inputs = runner.inputs();
    }
    SampleSource all = Samples.open(request.train(), file, inputs);
    HeldBack parts =
        request
            .validation()
            .map(other -> new HeldBack(all, Samples.open(other, file, inputs)))
            .orElseGet(() -> heldBack(all, request.options().seed()));
    Progress progress = stages.begin("training");
    TrainingResult result =
        Trainer.train(
            file.program(),
            parts.used(),
            parts.held(),
            request.options(),
            listener(progress, epochs));
    Pt2Writer.write(result.program(), request.output());
    return new Result(request.output().getFileName().toString(), result.history());
  }

  /// Splits labelled samples where no others are given for validation.
  static HeldBack heldBack(SampleSource all, long seed) {
    if (all.size() < 2) {
      throw OctetException.usage(
          "too-few-samples",
          "--data",
          "holds " + all.size() + " sample, too few to hold one back",
          "give more, or --validation");
    }
    return HeldBack.of(all, HELD_BACK, seed);
  }

  /// The epochs, a row each.
  static Section.Table table(List<EpochResult> history) {
    return new Section.Table(
        "",
        List.of("epoch", "loss", "validation"),
        history.stream()
            .map(
                epoch ->
                    List.of(
                        String.valueOf(epoch.epoch()),
                        String.format(Locale.ROOT, "%.4f", epoch.loss()),
                        score(epoch)))
            .toList());
  }

  /// How an epoch did on the validation samples: accuracy, or loss where there are no labels.
  public static String score(EpochResult epoch) {
    return epoch.validationAccuracy().isPresent()
        ? Figures.percent(epoch.validationAccuracy().getAsDouble())
        : String.format(Locale.ROOT, "loss %.5f", epoch.validationLoss());
  }

  static TrainingListener listener(Progress progress, TrainingListener epochs) {
    return new TrainingListener() {
      @Override
      public void step(long step, long steps) {
        progress.update(step, steps);
        epochs.step(step, steps);
      }

      @Override
      public void epoch(EpochResult result) {
        epochs.epoch(result);
      }
    };
  }
}
