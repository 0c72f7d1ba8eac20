package dev.octet.libtorch.quantize;

import dev.octet.libtorch.train.LearningRate;
import dev.octet.libtorch.train.Objective;
import dev.octet.libtorch.train.TrainingOptions;

/// How to train a quantized network.
///
/// @param start how the grids to start from are found
/// @param calibrationSamples how many training samples they are found with, chosen evenly over the
///     classes
/// @param steps where step sizes come from
/// @param training epochs, rate, augmentation and seed
/// @param frozenShare share of the epochs, at the end, in which batch normalization uses its
///     running statistics and activation grids stand still, from 0 to below 1. Grids found by
///     another method than extremes or their average stand still throughout, and so do those of
///     inputs
/// @param objective what is learned; the teacher is the float network
public record QatOptions(
    PtqOptions start,
    int calibrationSamples,
    StepSizes steps,
    TrainingOptions training,
    double frozenShare,
    Objective objective) {
  /// Where the step sizes of grids come from during training.
  public enum StepSizes {
    /// From what is observed, as calibration does.
    OBSERVED,
    /// They are trained with the network ("Learned Step Size Quantization", Esser et al., arXiv
    /// 1902.08153).
    LEARNED
  }

  /// A course at a low rate, learning mostly to answer as the float network does.
  public static final QatOptions STANDARD =
      new QatOptions(
          PtqOptions.STANDARD,
          512,
          StepSizes.OBSERVED,
          TrainingOptions.builder()
              .epochs(25)
              .learningRate(new LearningRate.CosineWithWarmUp(1e-3, 0.05, 0.01))
              .build(),
          0.4,
          new Objective.Labels(0.9));

  /// @throws IllegalArgumentException when a number lies outside its range
  public QatOptions {
    if (!(frozenShare >= 0 && frozenShare < 1)) {
      throw new IllegalArgumentException("the frozen share is from 0 to below 1");
    }
    if (calibrationSamples < 1) {
      throw new IllegalArgumentException("calibration needs samples");
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
    private PtqOptions start;
    private int calibrationSamples;
    private StepSizes steps;
    private TrainingOptions training;
    private double frozenShare;
    private Objective objective;

    private Builder(QatOptions options) {
      start = options.start;
      calibrationSamples = options.calibrationSamples;
      steps = options.steps;
      training = options.training;
      frozenShare = options.frozenShare;
      objective = options.objective;
    }

    public Builder start(PtqOptions value) {
      start = value;
      return this;
    }

    public Builder calibrationSamples(int value) {
      calibrationSamples = value;
      return this;
    }

    public Builder steps(StepSizes value) {
      steps = value;
      return this;
    }

    public Builder training(TrainingOptions value) {
      training = value;
      return this;
    }

    public Builder frozenShare(double value) {
      frozenShare = value;
      return this;
    }

    public Builder objective(Objective value) {
      objective = value;
      return this;
    }

    /// @throws IllegalArgumentException as the constructor
    public QatOptions build() {
      return new QatOptions(start, calibrationSamples, steps, training, frozenShare, objective);
    }
  }
}
