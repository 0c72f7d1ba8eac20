package dev.octet.libtorch.train;

import java.nio.file.Path;

/// Where training keeps what it needs to go on after it was stopped.
///
/// @param folder holds `training.safetensors`, the state, and `best.safetensors`, the weights of
/// the
///     best epoch so far; made if absent. Training that finds a state there goes on from it
/// @param everySteps how many steps lie between two states; one is also kept after every epoch
public record Checkpoints(Path folder, long everySteps) {
  /// @throws IllegalArgumentException when the number of steps is below 1
  public Checkpoints {
    if (everySteps < 1) {
      throw new IllegalArgumentException("at least one step lies between two states");
    }
  }
}
