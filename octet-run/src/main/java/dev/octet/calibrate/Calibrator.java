package dev.octet.calibrate;

import dev.octet.data.Batch;
import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.stats.Collector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Observes a model's values on samples: one pass feeds every collector, from the very buffers ONNX
/// Runtime computes into, and nothing computed is kept.
///
/// Workers share one session and take batches as they come. Their collectors merge exactly, so
/// neither their number nor the batch size shows in the result; moving averages depend on the order
/// of samples, and make it one worker.
public final class Calibrator {
  private Calibrator() {}

  /// Observes what is needed and decides the ranges.
  ///
  /// @param model float model; read only
  /// @param description what messages call it
  /// @param samples for the model's inputs
  /// @throws OctetException `BAD_INPUT` when a sample does not fit the model; `FAILURE` when a
  ///     value is NaN or infinite, naming it and the sample
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
      return new Calibration(0, Map.of());
    }
    // The samples themselves are at hand already.
    Set<String> inside = new LinkedHashSet<>(needs.values());
    model.graph().inputs().forEach(input -> inside.remove(input.name()));
    SessionOptions settings = SessionOptions.UNCHANGED.withOptimization(options.optimization());
    try (InferenceSession session =
        InferenceSession.observing(model, description, settings, inside)) {
      return observe(session, needs, samples, options, progress);
    }
  }

  private static Calibration observe(
      InferenceSession session,
      CalibrationNeeds needs,
      SampleSource source,
      CalibrationOptions options,
      Progress progress) {
    int size = Batches.sizeFor(session.inputs(), options.batchSize());
    List<CalibrationWorker> workers = new ArrayList<>();
    for (int i = 0; i < workerCount(needs, options); i++) {
      workers.add(new CalibrationWorker(session, needs));
    }
    try (Stream<Sample> samples = source.samples();
        Stream<Batch> batches = Batches.of(samples, size);
        ExecutorService threads =
            Executors.newFixedThreadPool(
                workers.size(), Thread.ofPlatform().daemon().name("calibrate-", 0).factory())) {
      NumberedBatches queue = new NumberedBatches(batches.iterator());
      Counted counted = new Counted(progress, source.size());
      List<Future<?>> running = new ArrayList<>();
      workers.forEach(worker -> running.add(threads.submit(() -> work(worker, queue, counted))));
      finish(running, queue);
      return new Calibration(queue.given(), merged(workers));
    } finally {
      workers.forEach(CalibrationWorker::close);
    }
  }

  private static void work(CalibrationWorker worker, NumberedBatches queue, Counted counted) {
    try {
      for (Optional<NumberedBatches.Numbered> next = queue.next();
          next.isPresent();
          next = queue.next()) {
        worker.accept(next.get());
        counted.add(next.get().batch().samples().size());
      }
    } catch (RuntimeException | Error cause) {
      queue.stop();
      throw cause;
    }
  }

  /// Waits for all workers, then rethrows what stopped the first of them.
  private static void finish(List<Future<?>> running, NumberedBatches queue) {
    Throwable failure = null;
    for (Future<?> each : running) {
      try {
        each.get();
      } catch (ExecutionException cause) {
        failure = failure == null ? cause.getCause() : failure;
      } catch (InterruptedException cause) {
        queue.stop();
        Thread.currentThread().interrupt();
        throw OctetException.failure(
            "interrupted", "calibration", "was interrupted", "run it again", cause);
      }
    }
    switch (failure) {
      case null -> {}
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new IllegalStateException(failure);
    }
  }

  private static Map<String, Collector> merged(List<CalibrationWorker> workers) {
    Map<String, Collector> all = new LinkedHashMap<>(workers.getFirst().collectors());
    for (CalibrationWorker worker : workers.subList(1, workers.size())) {
      worker
          .collectors()
          .forEach(
              (name, part) ->
                  all.computeIfPresent(
                      name,
                      (ignored, whole) -> {
                        whole.merge(part);
                        return whole;
                      }));
    }
    return all;
  }

  private static int workerCount(CalibrationNeeds needs, CalibrationOptions options) {
    boolean ordered =
        needs.needs().stream()
            .anyMatch(need -> need.method() instanceof CalibrationMethod.MovingAverage);
    return ordered ? 1 : options.workers();
  }

  /// Adds up the progress of several threads.
  private static final class Counted {
    private final Progress progress;
    private final long total;
    private long done;

    Counted(Progress progress, long total) {
      this.progress = progress;
      this.total = total;
    }

    synchronized void add(long samples) {
      done += samples;
      progress.update(done, total);
    }
  }
}
