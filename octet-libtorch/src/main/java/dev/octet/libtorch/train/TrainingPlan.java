package dev.octet.libtorch.train;

import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.ExportedProgram;
import java.util.List;
import java.util.Optional;

/// What is trained, and to do what: one program's state, seen through one graph after another.
///
/// All graphs take the same inputs, in the order of the program's input specs.
///
/// @param program holds the state to start from
/// @param phases graphs to train through, in order; the first starts at epoch 0
/// @param evaluation graph that validation samples are run through
/// @param keepFrom first epoch whose state may be kept as the best
/// @param objective what is learned
/// @param teacher a network whose answers are learned, where the objective needs one; it takes the
///     same inputs and returns the same outputs
public record TrainingPlan(
    ExportedProgram program,
    List<Phase> phases,
    AtenGraph evaluation,
    int keepFrom,
    Objective objective,
    Optional<ExportedProgram> teacher) {
  public TrainingPlan {
    phases = List.copyOf(phases);
    if (phases.isEmpty() || phases.getFirst().fromEpoch() != 0) {
      throw new IllegalArgumentException("the first phase starts at epoch 0");
    }
    if (objective.needsTeacher() && teacher.isEmpty()) {
      throw new IllegalArgumentException("there is no teacher for " + objective);
    }
  }

  /// A graph to train through.
  ///
  /// @param fromEpoch first epoch, from 0
  public record Phase(int fromEpoch, AtenGraph graph) {}

  /// Ordinary training on labels: the graph in training mode, evaluated as it is.
  public static TrainingPlan of(ExportedProgram program) {
    return new TrainingPlan(
        program,
        List.of(new Phase(0, TrainingGraph.of(program))),
        program.graph(),
        0,
        new Objective.Labels(0),
        Optional.empty());
  }

  AtenGraph graphAt(int epoch) {
    return phases.stream().filter(phase -> phase.fromEpoch() <= epoch).toList().getLast().graph();
  }
}
