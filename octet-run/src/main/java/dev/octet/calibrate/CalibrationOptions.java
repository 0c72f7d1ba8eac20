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
/// @param shard which part of the samples to run
/// @param checkpoint where to keep progress; empty for nowhere
public record CalibrationOptions(
    int batchSize,
    int workers,
    SessionOptions.Optimization optimization,
    Shard shard,
    Optional<Checkpoint> checkpoint) {
  /// 32 samples a run, a worker for each core, graph untouched, all samples in one go.
  public static final CalibrationOptions DEFAULT =
      new CalibrationOptions(
          32,
          Runtime.getRuntime().availableProcessors(),
          SessionOptions.Optimization.OFF,
          Shard.WHOLE,
          Optional.empty());

  public CalibrationOptions {
    if (batchSize < 1 || workers < 1) {
      throw new IllegalArgumentException(workers + " workers, batches of " + batchSize);
    }
  }

  public CalibrationOptions withBatchSize(int size) {
    return new CalibrationOptions(size, workers, optimization, shard, checkpoint);
  }

  public CalibrationOptions withWorkers(int number) {
    return new CalibrationOptions(batchSize, number, optimization, shard, checkpoint);
  }

  public CalibrationOptions withOptimization(SessionOptions.Optimization level) {
    return new CalibrationOptions(batchSize, workers, level, shard, checkpoint);
  }

  public CalibrationOptions withShard(Shard part) {
    return new CalibrationOptions(batchSize, workers, optimization, part, checkpoint);
  }

  public CalibrationOptions withCheckpoint(Checkpoint where) {
    return new CalibrationOptions(batchSize, workers, optimization, shard, Optional.of(where));
  }
}
