package dev.octet.libtorch.train;

import java.util.Optional;
import java.util.OptionalDouble;

/// How to train.
///
/// @param epochs passes over the data
/// @param batchSize samples a step
/// @param learningRate schedule over all steps
/// @param weightDecay of matrices and kernels; vectors never decay
/// @param labelSmoothing share of a target spread evenly over all classes, in [0, 1)
/// @param mixUp parameter of the beta distribution two samples are mixed by ("mixup", arXiv
///     1710.09412); 0 for none
/// @param augmentation change made to each sample each time it is seen
/// @param clipNorm largest norm of all gradients together; empty for no limit
/// @param seed of every choice made at random
/// @param threads libtorch may use; the same seed and threads give the same weights
/// @param dataLimit most bytes that decoded samples may take, training and validation each
/// @param checkpoints where to keep the training's state; empty to keep none
public record TrainingOptions(
    int epochs,
    int batchSize,
    LearningRate learningRate,
    double weightDecay,
    double labelSmoothing,
    double mixUp,
    Augmentation augmentation,
    OptionalDouble clipNorm,
    long seed,
    int threads,
    long dataLimit,
    Optional<Checkpoints> checkpoints) {
  /// What a small network trained from scratch wants.
  public static final TrainingOptions STANDARD =
      new TrainingOptions(
          40,
          64,
          new LearningRate.OneCycle(1e-2, 0.2),
          1e-2,
          0.05,
          0,
          Augmentation.NONE,
          OptionalDouble.empty(),
          1,
          1,
          4L << 30,
          Optional.empty());

  /// @throws IllegalArgumentException when a number lies outside its range
  public TrainingOptions {
    if (epochs < 1 || batchSize < 1 || threads < 1) {
      throw new IllegalArgumentException("epochs, batch size and threads are 1 or more");
    }
    if (!(weightDecay >= 0) || !(mixUp >= 0) || !(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "weight decay and mixup are 0 or more, label smoothing from 0 to below 1");
    }
  }

  /// Starts with [#STANDARD].
  public static Builder builder() {
    return STANDARD.toBuilder();
  }

  /// Starts with these options.
  public Builder toBuilder() {
    return new Builder(this);
  }

  /// Collects changes.
  public static final class Builder {
    private int epochs;
    private int batchSize;
    private LearningRate learningRate;
    private double weightDecay;
    private double labelSmoothing;
    private double mixUp;
    private Augmentation augmentation;
    private OptionalDouble clipNorm;
    private long seed;
    private int threads;
    private long dataLimit;
    private Optional<Checkpoints> checkpoints;

    private Builder(TrainingOptions options) {
      epochs = options.epochs;
      batchSize = options.batchSize;
      learningRate = options.learningRate;
      weightDecay = options.weightDecay;
      labelSmoothing = options.labelSmoothing;
      mixUp = options.mixUp;
      augmentation = options.augmentation;
      clipNorm = options.clipNorm;
      seed = options.seed;
      threads = options.threads;
      dataLimit = options.dataLimit;
      checkpoints = options.checkpoints;
    }

    public Builder epochs(int value) {
      epochs = value;
      return this;
    }

    public Builder batchSize(int value) {
      batchSize = value;
      return this;
    }

    public Builder learningRate(LearningRate value) {
      learningRate = value;
      return this;
    }

    public Builder weightDecay(double value) {
      weightDecay = value;
      return this;
    }

    public Builder labelSmoothing(double value) {
      labelSmoothing = value;
      return this;
    }

    public Builder mixUp(double value) {
      mixUp = value;
      return this;
    }

    public Builder augmentation(Augmentation value) {
      augmentation = value;
      return this;
    }

    public Builder clipNorm(double value) {
      clipNorm = OptionalDouble.of(value);
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder threads(int value) {
      threads = value;
      return this;
    }

    public Builder dataLimit(long value) {
      dataLimit = value;
      return this;
    }

    public Builder checkpoints(Checkpoints value) {
      checkpoints = Optional.of(value);
      return this;
    }

    /// @throws IllegalArgumentException as the constructor
    public TrainingOptions build() {
      return new TrainingOptions(
          epochs,
          batchSize,
          learningRate,
          weightDecay,
          labelSmoothing,
          mixUp,
          augmentation,
          clipNorm,
          seed,
          threads,
          dataLimit,
          checkpoints);
    }
  }
}
