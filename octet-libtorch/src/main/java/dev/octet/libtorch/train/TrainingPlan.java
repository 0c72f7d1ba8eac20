package dev.octet.libtorch.train;

import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.ExportedProgram;
import java.util.List;
import java.util.Optional;

/// What is trained: one program's state, seen through one graph after another.
///
/// All graphs take the same inputs, in the order of the program's input specs.
///
/// @param program holds the state to start from
/// @param phases graphs to train through, in order; the first starts at epoch 0
/// @param evaluation graph that classifies validation samples
/// @param keepFrom first epoch whose state may be kept as the best
/// @param teacher a network whose answers are learned too, if any
public record TrainingPlan(
    ExportedProgram program,
    List<Phase> phases,
    AtenGraph evaluation,
    int keepFrom,
    Optional<Teacher> teacher) {
  public TrainingPlan {
    phases = List.copyOf(phases);
    if (phases.isEmpty() || phases.getFirst().fromEpoch() != 0) {
      throw new IllegalArgumentException("the first phase starts at epoch 0");
    }
  }

  /// A graph to train through.
  ///
  /// @param fromEpoch first epoch, from 0
  public record Phase(int fromEpoch, AtenGraph graph) {}

  /// Distillation ("Distilling the Knowledge in a Neural Network", arXiv 1503.02531) at temperature
  /// 1: the target is a blend of the label and the teacher's own distribution for the same input.
  ///
  /// @param program same inputs and outputs as the trained program
  /// @param weight share of the teacher's distribution in the target, in [0, 1]
  public record Teacher(ExportedProgram program, double weight) {}

  /// Ordinary training: the graph in training mode, evaluated as it is.
  public static TrainingPlan of(ExportedProgram program) {
    return new TrainingPlan(
        program,
        List.of(new Phase(0, TrainingGraph.of(program))),
        program.graph(),
        0,
        Optional.empty());
  }

  AtenGraph graphAt(int epoch) {
    return phases.stream().filter(phase -> phase.fromEpoch() <= epoch).toList().getLast().graph();
  }
}
