package dev.octet.calibrate;

import dev.octet.runtime.SessionOptions;

/// How samples are run for calibration. None of this changes what is observed, but for rounding.
///
/// @param batchSize samples a run, where the model takes that many
/// @param workers threads that run batches, each on one core; the statistics merge exactly
/// @param optimization how far ONNX Runtime may change the graph; `OFF` computes every value as the
///     file says
public record CalibrationOptions(
    int batchSize, int workers, SessionOptions.Optimization optimization) {
  /// 32 samples a run, a worker for each core, graph untouched.
  public static final CalibrationOptions DEFAULT =
      new CalibrationOptions(
          32, Runtime.getRuntime().availableProcessors(), SessionOptions.Optimization.OFF);

  public CalibrationOptions {
    if (batchSize < 1 || workers < 1) {
      throw new IllegalArgumentException(workers + " workers, batches of " + batchSize);
    }
  }

  public CalibrationOptions withBatchSize(int size) {
    return new CalibrationOptions(size, workers, optimization);
  }

  public CalibrationOptions withWorkers(int count) {
    return new CalibrationOptions(batchSize, count, optimization);
  }

  public CalibrationOptions withOptimization(SessionOptions.Optimization level) {
    return new CalibrationOptions(batchSize, workers, level);
  }
}
