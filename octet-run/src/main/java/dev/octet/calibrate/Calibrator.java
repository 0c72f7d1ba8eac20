package dev.octet.calibrate;

import dev.octet.data.BatchProbe;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Observes a model's values on samples: one pass feeds every collector, from the very buffers ONNX
/// Runtime computes into, and nothing computed is kept.
///
/// Workers share one session and take batches as they come. Their collectors merge exactly, so
/// neither their number nor the batch size shows in the result; nor does it whether the samples
/// were run in one go, in several after interruptions ([Checkpoint]), or in parts by several
/// processes ([Shard]). Batches begin at the same samples in all of these, in case the model rounds
/// otherwise in another batch.
public final class Calibrator {
  private Calibrator() {}

  /// Observes what is needed and decides the ranges.
  ///
  /// @param model float model; read only
  /// @param description what messages call it
  /// @param samples for the model's inputs
  /// @throws OctetException `BAD_INPUT` when a sample does not fit the model, or the file of an
  ///     earlier run's progress is not of this one; `FAILURE` when a value is NaN or infinite,
  ///     naming it and the sample
  public static CalibrationTable run(
      Model model,
      String description,
      CalibrationNeeds needs,
      SampleSource samples,
      CalibrationOptions options,
      Progress progress) {
    return observe(model, description, needs, samples, options, progress).table(needs);
  }

  /// Observes what is needed.
  ///
  /// @throws OctetException as [#run]
  public static Calibration observe(
      Model model,
      String description,
      CalibrationNeeds needs,
      SampleSource samples,
      CalibrationOptions options,
      Progress progress) {
    if (needs.isEmpty()) {
      return new Calibration(List.of(), Map.of(), new TreeMap<>());
    }
    return switch (options.looking()) {
      case AT_ALL -> look(model, description, needs, samples, options, progress);
      case ENOUGH -> {
        FollowingValues following = FollowingValues.of(model, needs);
        Calibration seen =
            look(model, description, following.observed(), samples, options, progress);
        yield new Calibration(seen.covered(), following.completed(seen.collectors()), seen.names());
      }
    };
  }

  private static Calibration look(
      Model model,
      String description,
      CalibrationNeeds needs,
      SampleSource samples,
      CalibrationOptions options,
      Progress progress) {
    // The samples themselves are at hand already.
    Set<String> inside = new LinkedHashSet<>(needs.values());
    model.graph().inputs().forEach(input -> inside.remove(input.name()));
    SessionOptions settings = SessionOptions.UNCHANGED.withOptimization(options.optimization());
    try (InferenceSession session =
        InferenceSession.observing(model, description, settings, inside)) {
      int batchSize = batchSize(model, session, needs, samples, options);
      CalibrationRun run = new CalibrationRun(session, needs, samples, options, batchSize);
      options
          .checkpoint()
          .ifPresent(
              checkpoint ->
                  run.keepIn(
                      checkpoint,
                      SavedCalibration.Origin.of(model, samples.size(), options.batchSize())));
      return run.finish(progress);
    }
  }

  /// Observes what is needed, and says what it is of.
  ///
  /// @param options looking at all
  /// @throws OctetException as [#run]
  /// @throws IllegalArgumentException when the options look at less, which no file is to hold
  public static SavedCalibration observeToSave(
      Model model,
      String description,
      CalibrationNeeds needs,
      SampleSource samples,
      CalibrationOptions options,
      Progress progress) {
    if (options.looking() != CalibrationOptions.Looking.AT_ALL) {
      throw new IllegalArgumentException("only what was looked AT_ALL is kept in files");
    }
    Calibration calibration = observe(model, description, needs, samples, options, progress);
    return new SavedCalibration(
        SavedCalibration.Origin.of(model, samples.size(), options.batchSize()), needs, calibration);
  }

  /// Values of subgraphs have no rows by sample, so only a run of a single one tells whose they
  /// are.
  private static int batchSize(
      Model model,
      InferenceSession session,
      CalibrationNeeds needs,
      SampleSource samples,
      CalibrationOptions options) {
    Set<String> main = new LinkedHashSet<>();
    model.graph().values().forEach(value -> main.add(value.name()));
    return main.containsAll(needs.values())
        ? BatchProbe.with(samples).sizeFor(session, options.batchSize())
        : 1;
  }
}
