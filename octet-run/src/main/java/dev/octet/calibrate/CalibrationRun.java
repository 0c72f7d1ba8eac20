package dev.octet.calibrate;

import dev.octet.data.Batch;
import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.Progress;
import dev.octet.stats.Collector;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One pass over a span of samples by several workers, in rounds. After a round the workers' shares
/// are merged, and the progress can be kept.
final class CalibrationRun {
  /// Samples a round, where the order of samples matters and so their extremes wait for the others.
  private static final int ORDERED_ROUND = 1024;

  private final InferenceSession session;
  private final CalibrationNeeds needs;
  private final SampleSource source;
  private final int batchSize;
  private final int workerCount;
  private final CalibrationOptions.Looking looking;
  private final Span span;
  private final boolean ordered;

  private @Nullable Checkpoint checkpoint;
  private SavedCalibration.@Nullable Origin origin;
  private CalibrationWorker.@Nullable Findings found;
  private long position;

  /// @param session has every value needed among its inputs or outputs
  CalibrationRun(
      InferenceSession session,
      CalibrationNeeds needs,
      SampleSource source,
      CalibrationOptions options,
      int batchSize) {
    this.session = session;
    this.needs = needs;
    this.source = source;
    this.batchSize = batchSize;
    this.workerCount = options.workers();
    this.looking = options.looking();
    this.span = options.shard().span(source.size(), batchSize);
    this.position = span.first();
    this.ordered =
        needs.needs().stream()
            .anyMatch(need -> need.method() instanceof CalibrationMethod.MovingAverage);
  }

  /// Goes on from the progress in a file, if it is there, and keeps progress in it.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is of another run
  void keepIn(Checkpoint file, SavedCalibration.Origin ofThis) {
    checkpoint = file;
    origin = ofThis;
    if (!Files.exists(file.file())) {
      return;
    }
    SavedCalibration saved = CalibrationFile.readStatistics(file.file());
    List<Span> covered = saved.calibration().covered();
    boolean fits =
        saved.origin().equals(ofThis)
            && saved.needs().equals(needs)
            && covered.size() == 1
            && covered.getFirst().first() == span.first()
            && covered.getFirst().end() <= span.end();
    if (!fits) {
      throw otherRun(file, "is the progress of another calibration, of " + covered);
    }
    position = covered.getFirst().end();
    found =
        new CalibrationWorker.Findings(
            new LinkedHashMap<>(saved.calibration().collectors()),
            new TreeMap<>(saved.calibration().names()));
  }

  /// Runs what is left.
  Calibration finish(Progress progress) {
    List<CalibrationWorker> workers = new ArrayList<>();
    for (int i = 0; i < workerCount; i++) {
      workers.add(new CalibrationWorker(session, needs, looking));
    }
    try (Stream<Sample> samples = remaining();
        Stream<Batch> batches = Batches.aligned(samples, batchSize, position);
        ExecutorService threads =
            Executors.newFixedThreadPool(
                workers.size(), Thread.ofPlatform().daemon().name("calibrate-", 0).factory())) {
      NumberedBatches queue = new NumberedBatches(batches.iterator(), position);
      Counted counted = new Counted(progress, position - span.first(), span.size());
      while (position < span.end()) {
        queue.allowTo(Math.min(span.end(), position + round()));
        List<Future<?>> running = new ArrayList<>();
        workers.forEach(worker -> running.add(threads.submit(() -> work(worker, queue, counted))));
        await(running, workers, queue);
        if (queue.position() == position) {
          break; // the source holds fewer samples than it said
        }
        position = queue.position();
        workers.forEach(this::add);
        roundEnded(counted.lastName());
      }
      if (checkpoint != null) {
        Files.deleteIfExists(checkpoint.file());
      }
    } catch (IOException cause) {
      throw OctetException.failure(
          "not-writable",
          String.valueOf(checkpoint),
          "cannot be deleted: " + cause.getMessage(),
          "",
          cause);
    } finally {
      workers.forEach(CalibrationWorker::close);
    }
    return soFar();
  }

  /// The samples from the current position on. The one before is looked at again: by its name it
  /// shows whether the source is the one that the progress is of.
  private Stream<Sample> remaining() {
    String last = found == null ? null : found.names().get(position - 1);
    if (last == null || checkpoint == null || position == span.first()) {
      return source.samplesFrom(position);
    }
    try (Stream<Sample> samples = source.samplesFrom(position - 1)) {
      Optional<Sample> again = samples.findFirst();
      if (again.isPresent() && !fileName(again.get().name()).equals(fileName(last))) {
        throw otherRun(
            checkpoint,
            "is the progress over other samples: its sample "
                + (position - 1)
                + " was "
                + last
                + ", not "
                + again.get().name());
      }
    }
    return source.samplesFrom(position);
  }

  private long round() {
    long wanted = span.size();
    if (checkpoint != null) {
      wanted = checkpoint.everySamples();
    } else if (ordered) {
      wanted = ORDERED_ROUND;
    }
    return (wanted + batchSize - 1) / batchSize * batchSize;
  }

  private void add(CalibrationWorker worker) {
    CalibrationWorker.Findings all = found;
    CalibrationWorker.Findings part = worker.take();
    if (all == null) {
      found = part;
      return;
    }
    all.names().putAll(part.names());
    // A worker without work has not learnt which values hold no floats.
    all.collectors()
        .entrySet()
        .removeIf(
            each -> each.getValue().count() == 0 && !part.collectors().containsKey(each.getKey()));
    all.collectors()
        .forEach(
            (name, whole) -> {
              Collector added = part.collectors().get(name);
              if (added != null) {
                whole.merge(added);
              }
            });
  }

  private void roundEnded(Optional<String> lastName) {
    CalibrationWorker.Findings all = found;
    if (all == null) {
      return;
    }
    List<Span> covered = List.of(new Span(span.first(), position));
    SavedCalibration.settle(all.collectors().values(), covered);
    lastName.ifPresent(name -> all.names().put(position - 1, name));
    SavedCalibration.keepWitnesses(all.names(), all.collectors().values(), covered);
    if (checkpoint != null && origin != null && position < span.end()) {
      CalibrationFile.writeProgress(
          new SavedCalibration(origin, needs, soFar()), checkpoint.file());
    }
  }

  private Calibration soFar() {
    CalibrationWorker.Findings all = found == null ? CalibrationWorker.Findings.none(needs) : found;
    return new Calibration(
        List.of(new Span(span.first(), position)), all.collectors(), all.names());
  }

  private static void work(CalibrationWorker worker, NumberedBatches queue, Counted counted) {
    try {
      for (Optional<NumberedBatches.Numbered> next = queue.next();
          next.isPresent();
          next = queue.next()) {
        worker.accept(next.get());
        counted.add(next.get());
      }
    } catch (RuntimeException | Error cause) {
      queue.stop();
      throw cause;
    }
  }

  /// Waits for all workers, then rethrows what stopped the one with the earliest sample.
  private static void await(
      List<Future<?>> running, List<CalibrationWorker> workers, NumberedBatches queue) {
    Throwable failure = null;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < running.size(); i++) {
      try {
        running.get(i).get();
      } catch (ExecutionException cause) {
        long at = workers.get(i).failedAt().orElse(Long.MAX_VALUE);
        if (failure == null || at < earliest) {
          failure = cause.getCause();
          earliest = at;
        }
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

  private static String fileName(String sample) {
    return sample.substring(sample.lastIndexOf('/') + 1);
  }

  private static OctetException otherRun(Checkpoint checkpoint, String message) {
    return OctetException.badInput(
        "progress-of-another-run",
        checkpoint.file().toString(),
        message,
        "name another file to begin anew, or repeat the options and data it was begun with");
  }

  /// Adds up the progress of several threads, and remembers the last sample's name.
  private static final class Counted {
    private final Progress progress;
    private final long total;
    private long done;
    private long last = -1;
    private @Nullable String lastName;

    Counted(Progress progress, long done, long total) {
      this.progress = progress;
      this.done = done;
      this.total = total;
    }

    synchronized void add(NumberedBatches.Numbered numbered) {
      List<Sample> samples = numbered.batch().samples();
      done += samples.size();
      if (numbered.first() > last) {
        last = numbered.first();
        lastName = samples.getLast().name();
      }
      progress.update(Math.min(done, total), total);
    }

    synchronized Optional<String> lastName() {
      return Optional.ofNullable(lastName);
    }
  }
}
