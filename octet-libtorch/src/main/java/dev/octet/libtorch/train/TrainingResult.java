package dev.octet.libtorch.train;

import dev.octet.torch.graph.ExportedProgram;
import java.util.List;

/// What training gave.
///
/// @param program the program with the state of the best epoch
/// @param history one entry an epoch
public record TrainingResult(ExportedProgram program, List<EpochResult> history) {
  public TrainingResult {
    history = List.copyOf(history);
  }

  /// The epoch whose state was kept.
  public EpochResult kept() {
    return history.stream().filter(EpochResult::best).toList().getLast();
  }
}
