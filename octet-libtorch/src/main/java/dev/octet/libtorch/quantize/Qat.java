package dev.octet.libtorch.quantize;

import dev.octet.data.SampleSource;
import dev.octet.libtorch.train.EpochResult;
import dev.octet.libtorch.train.Trainer;
import dev.octet.libtorch.train.TrainingGraph;
import dev.octet.libtorch.train.TrainingListener;
import dev.octet.libtorch.train.TrainingPlan;
import dev.octet.libtorch.train.TrainingResult;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.Policy;
import dev.octet.runtime.Progress;
import dev.octet.torch.graph.ExportedProgram;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Quantization-aware training of a trained program: it starts where [Ptq] ends, trains through
/// fake quantization at the same places, and is converted by the same converter.
public final class Qat {
  private Qat() {}

  /// A converted program and how its training went.
  ///
  /// @param quantized the program of the best epoch, converted
  /// @param history one entry an epoch; accuracies are those of the network as quantized
  public record Result(QuantizedProgram quantized, List<EpochResult> history) {
    public Result {
      history = List.copyOf(history);
    }
  }

  /// Trains and converts.
  ///
  /// @param program trained in float, in evaluation mode
  /// @param trainSource labelled samples to learn from
  /// @param valSource labelled samples to choose the best epoch by
  /// @throws dev.octet.diagnostic.OctetException as [Trainer] and [Ptq] throw
  public static Result train(
      ExportedProgram program,
      SampleSource trainSource,
      SampleSource valSource,
      QatOptions options,
      TrainingListener listener) {
    SampleSource calibration =
        trainSource.balancedSample(options.calibrationSamples(), options.training().seed());
    ExportedProgram prepared = Ptq.prepared(program, calibration, options.start());
    ExportedProgram foldedStart = ConvBatchNorm.fold(prepared);
    QuantizationPoints points =
        Ptq.points(foldedStart, calibration, options.start(), Progress.NONE);
    FakeQuantization fake = new FakeQuantization(prepared, points);
    Roundings roundings = roundings(foldedStart, points, calibration, options);
    TrainingPlan plan = plan(program, fake, roundings, options);
    TrainingResult trained =
        Trainer.train(plan, trainSource, valSource, options.training(), listener);
    ExportedProgram folded = ConvBatchNorm.fold(fake.restored(trained.program()));
    Converter.Grids grids = fake.grids(trained.program(), roundings.frozen());
    return new Result(Converter.convert(folded, points, grids), trained.history());
  }

  /// @param first for the epochs before statistics stand still
  /// @param frozen for the others
  private record Roundings(Rounding first, Rounding frozen) {}

  private static Roundings roundings(
      ExportedProgram folded,
      QuantizationPoints points,
      SampleSource calibration,
      QatOptions options) {
    return switch (options.steps()) {
      case OBSERVED ->
          new Roundings(
              new ObservedSteps(folded, follows(options)), new ObservedSteps(folded, false));
      case LEARNED -> {
        Set<String> roots = new LinkedHashSet<>();
        points.groups().forEach(group -> roots.add(group.root()));
        LearnedSteps learned =
            new LearnedSteps(folded, ActivationRanges.magnitudes(folded, roots, calibration));
        yield new Roundings(learned, learned);
      }
    };
  }

  /// Whether grids follow the data: a moving average of extremes would undo a range that was chosen
  /// to leave the rarest values out, and it knows no zero point but the best.
  private static boolean follows(QatOptions options) {
    Policy policy = options.start().scheme().defaults();
    return policy.activationSymmetry() == Symmetry.ASYMMETRIC
        && switch (Objects.requireNonNull(policy.calibration())) {
          case CalibrationMethod.MinMax _, CalibrationMethod.MovingAverage _ -> true;
          case CalibrationMethod.Percentile _,
              CalibrationMethod.LeastError _,
              CalibrationMethod.LeastAbsoluteError _,
              CalibrationMethod.Distribution _,
              CalibrationMethod.Entropy _ ->
              false;
        };
  }

  private static TrainingPlan plan(
      ExportedProgram program, FakeQuantization fake, Roundings roundings, QatOptions options) {
    int epochs = options.training().epochs();
    int frozenFrom = epochs - (int) Math.round(epochs * options.frozenShare());
    ExportedProgram observing = fake.rewrite(roundings.first());
    ExportedProgram frozen = fake.rewrite(roundings.frozen());
    List<TrainingPlan.Phase> phases = new ArrayList<>();
    if (frozenFrom > 0) {
      phases.add(new TrainingPlan.Phase(0, TrainingGraph.of(observing)));
    }
    phases.add(new TrainingPlan.Phase(frozenFrom, frozen.graph()));
    // What is converted is the frozen network, so only its epochs may be kept.
    int keepFrom = Math.min(frozenFrom, epochs - 1);
    return new TrainingPlan(
        frozen, phases, frozen.graph(), keepFrom, options.objective(), Optional.of(program));
  }
}
