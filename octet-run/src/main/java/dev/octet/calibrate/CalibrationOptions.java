package dev.octet.calibrate;

import dev.octet.runtime.SessionOptions;
import java.util.Optional;

/// How samples are run for calibration. None of this changes what is observed of them, but for the
/// rounding of a model that computes otherwise in batches.
///
/// @param batchSize samples a run, where the model takes that many
/// @param workers threads that run batches, each on one core; the statistics merge exactly
/// @param optimization how far ONNX Runtime may change the graph; `OFF` computes every value as the
///     file says
/// @param looking how closely to look at values
/// @param shard which part of the samples to run
/// @param checkpoint where to keep progress; empty for nowhere
public record CalibrationOptions(
    int batchSize,
    int workers,
    SessionOptions.Optimization optimization,
    Looking looking,
    Shard shard,
    Optional<Checkpoint> checkpoint) {
  /// 32 samples a run, a worker for each core, graph untouched, all samples in one go.
  public static final CalibrationOptions DEFAULT =
      new CalibrationOptions(
          32,
          Runtime.getRuntime().availableProcessors(),
          SessionOptions.Optimization.OFF,
          Looking.AT_ALL,
          Shard.WHOLE,
          Optional.empty());

  /// How closely to look.
  public enum Looking {
    /// At every number of every value needed.
    AT_ALL,
    /// At as much as ranges need: nearly the same ranges in less time. Values whose statistics
    /// follow from others' are not looked at, and histograms count about 8,192 numbers of a value a
    /// sample. Extremes of what is looked at, of concatenations of it, and of rising or falling
    /// functions are the same; whatever else follows differs by less than a hundredth of the range.
    /// Not for a [Shard], a [Checkpoint] or a file of statistics, which must join to the same bytes
    /// however the samples were divided.
    ENOUGH
  }

  /// @throws IllegalArgumentException when there is no worker or no batch, or parts to be joined
  ///     are not looked at in full
  public CalibrationOptions {
    if (batchSize < 1 || workers < 1) {
      throw new IllegalArgumentException(workers + " workers, batches of " + batchSize);
    }
    if (looking == Looking.ENOUGH && (!shard.equals(Shard.WHOLE) || checkpoint.isPresent())) {
      throw new IllegalArgumentException(
          "statistics of a part of the samples can be joined with others only when AT_ALL was"
              + " looked at");
    }
  }

  /// Starts with [#DEFAULT].
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /// Starts with these options.
  public Builder toBuilder() {
    return new Builder(this);
  }

  /// Collects changes.
  public static final class Builder {
    private int batchSize;
    private int workers;
    private SessionOptions.Optimization optimization;
    private Looking looking;
    private Shard shard;
    private Optional<Checkpoint> checkpoint;

    private Builder(CalibrationOptions options) {
      batchSize = options.batchSize;
      workers = options.workers;
      optimization = options.optimization;
      looking = options.looking;
      shard = options.shard;
      checkpoint = options.checkpoint;
    }

    public Builder batchSize(int value) {
      batchSize = value;
      return this;
    }

    public Builder workers(int value) {
      workers = value;
      return this;
    }

    public Builder optimization(SessionOptions.Optimization value) {
      optimization = value;
      return this;
    }

    public Builder looking(Looking value) {
      looking = value;
      return this;
    }

    public Builder shard(Shard value) {
      shard = value;
      return this;
    }

    public Builder checkpoint(Checkpoint value) {
      checkpoint = Optional.of(value);
      return this;
    }

    /// @throws IllegalArgumentException as the constructor
    public CalibrationOptions build() {
      return new CalibrationOptions(batchSize, workers, optimization, looking, shard, checkpoint);
    }
  }
}
