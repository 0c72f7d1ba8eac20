package dev.octet.libtorch.train;

/// Hears how training goes.
public interface TrainingListener {
  /// Hears nothing.
  TrainingListener SILENT = new TrainingListener() {};

  /// After each step.
  ///
  /// @param step from 1
  /// @param steps in all epochs together
  default void step(long step, long steps) {}

  /// After each epoch.
  default void epoch(EpochResult result) {}
}
