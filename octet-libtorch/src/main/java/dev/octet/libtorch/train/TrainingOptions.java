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

  public TrainingOptions withEpochs(int value) {
    return new TrainingOptions(
        value,
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

  public TrainingOptions withBatchSize(int value) {
    return new TrainingOptions(
        epochs,
        value,
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

  public TrainingOptions withLearningRate(LearningRate value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        value,
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

  public TrainingOptions withWeightDecay(double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        value,
        labelSmoothing,
        mixUp,
        augmentation,
        clipNorm,
        seed,
        threads,
        dataLimit,
        checkpoints);
  }

  public TrainingOptions withLabelSmoothing(double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        weightDecay,
        value,
        mixUp,
        augmentation,
        clipNorm,
        seed,
        threads,
        dataLimit,
        checkpoints);
  }

  public TrainingOptions withMixUp(double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        weightDecay,
        labelSmoothing,
        value,
        augmentation,
        clipNorm,
        seed,
        threads,
        dataLimit,
        checkpoints);
  }

  public TrainingOptions withAugmentation(Augmentation value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        weightDecay,
        labelSmoothing,
        mixUp,
        value,
        clipNorm,
        seed,
        threads,
        dataLimit,
        checkpoints);
  }

  public TrainingOptions withClipNorm(double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        weightDecay,
        labelSmoothing,
        mixUp,
        augmentation,
        OptionalDouble.of(value),
        seed,
        threads,
        dataLimit,
        checkpoints);
  }

  public TrainingOptions withSeed(long value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        weightDecay,
        labelSmoothing,
        mixUp,
        augmentation,
        clipNorm,
        value,
        threads,
        dataLimit,
        checkpoints);
  }

  public TrainingOptions withThreads(int value) {
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
        value,
        dataLimit,
        checkpoints);
  }

  public TrainingOptions withCheckpoints(Checkpoints value) {
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
        Optional.of(value));
  }
}
