package dev.octet.command;

import dev.octet.flow.SampleRequest;
import dev.octet.libtorch.train.Augmentation;
import dev.octet.libtorch.train.Checkpoints;
import dev.octet.libtorch.train.CoarseSamples;
import dev.octet.libtorch.train.TrainingOptions;
import dev.octet.libtorch.train.WaveformAugmentation;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how to train; what is not given is left to the command.
final class TrainingMixin {
  private static final int INPUT_BITS = 8;

  /// What the options' defaults make of recordings.
  static final Augmentation STANDARD_AUGMENTATION =
      new WaveformAugmentation(700, 4, 0.008).then(new CoarseSamples(INPUT_BITS, 0.5));

  @Option(
      names = "--validation",
      paramLabel = "PATH",
      description = "Samples that choose the best epoch. Default: a tenth of --data, held back.")
  private @Nullable Path validation;

  @Option(
      names = "--checkpoints",
      paramLabel = "FOLDER",
      description =
          "Keep the training's state in this folder, with the best weights so far as"
              + " best.safetensors. Started again with the same options, a training that was"
              + " stopped goes on from there to the same result.")
  private @Nullable Path checkpoints;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      defaultValue = "200",
      description =
          "Steps between two states in --checkpoints; one is also kept after each epoch. Default:"
              + " ${DEFAULT-VALUE}.")
  private long saveEvery;

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data.")
  private @Nullable Integer epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Samples in a step.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "Highest learning rate of the schedule.")
  private @Nullable Double learningRate;

  @Option(names = "--weight-decay", paramLabel = "X", description = "AdamW's weight decay.")
  private @Nullable Double weightDecay;

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      description = "Share of each target spread over all classes.")
  private @Nullable Double labelSmoothing;

  @Option(
      names = "--shift",
      paramLabel = "N",
      defaultValue = "700",
      description =
          "Augmentation of recordings: shift by up to N samples. Default: ${DEFAULT-VALUE}.")
  private int shift;

  @Option(
      names = "--gain",
      paramLabel = "DB",
      defaultValue = "4",
      description =
          "Augmentation of recordings: gain of up to ±DB decibels. Default: ${DEFAULT-VALUE}.")
  private double gain;

  @Option(
      names = "--noise",
      paramLabel = "X",
      defaultValue = "0.008",
      description =
          "Augmentation of recordings: white noise of up to this deviation. Default:"
              + " ${DEFAULT-VALUE}.")
  private double noise;

  @Option(
      names = "--coarse",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description =
          "Augmentation: round this share of the samples to 8 bits over [-1, 1], as a quantized"
              + " input will be. Default: ${DEFAULT-VALUE}.")
  private double coarse;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Threads libtorch may use; the same seed and threads give the same weights. Default:"
              + " ${DEFAULT-VALUE}.")
  private int threads;

  /// The samples that choose the best epoch, if others than the training's do.
  Optional<SampleRequest> validation(DataOptions data) {
    return Optional.ofNullable(validation).map(data::requestOf);
  }

  /// `standard` with what was given instead.
  TrainingOptions over(TrainingOptions standard, long seed) {
    return Options.checked(
        "training options",
        () -> {
          TrainingOptions.Builder options =
              standard.toBuilder().augmentation(augmentation()).threads(threads).seed(seed);
          if (checkpoints != null) {
            options.checkpoints(new Checkpoints(checkpoints, saveEvery));
          }
          if (epochs != null) {
            options.epochs(epochs);
          }
          if (batchSize != null) {
            options.batchSize(batchSize);
          }
          if (learningRate != null) {
            options.learningRate(standard.learningRate().withPeak(learningRate));
          }
          if (weightDecay != null) {
            options.weightDecay(weightDecay);
          }
          if (labelSmoothing != null) {
            options.labelSmoothing(labelSmoothing);
          }
          return options.build();
        });
  }

  private Augmentation augmentation() {
    Augmentation recordings = new WaveformAugmentation(shift, gain, noise);
    return coarse > 0 ? recordings.then(new CoarseSamples(INPUT_BITS, coarse)) : recordings;
  }
}
