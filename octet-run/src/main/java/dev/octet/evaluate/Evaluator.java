package dev.octet.evaluate;

import dev.octet.data.Batch;
import dev.octet.data.BatchProbe;
import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.runtime.Pairing;
import dev.octet.runtime.Progress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Scores models side by side: every model runs on every batch of one pass over the samples, then
/// all are timed in turns.
public final class Evaluator {
  /// Samples kept for timing.
  private static final int TIMED_SAMPLES = 32;

  private final List<Candidate> candidates;
  private final EvaluationOptions options;
  private final List<Pairing> namings;
  private final List<Answers> answers;
  private final IntStream.Builder labels = IntStream.builder();
  private final List<Sample> first = new ArrayList<>();
  private boolean labelled = true;
  private long samples;

  private Evaluator(List<Candidate> candidates, EvaluationOptions options) {
    this.candidates = List.copyOf(candidates);
    this.options = options;
    this.namings =
        candidates.stream()
            .map(each -> Pairing.ofInputs(candidates.getFirst().runner(), each.runner()))
            .toList();
    this.answers = candidates.stream().map(each -> new Answers(each.runner())).toList();
  }

  /// Scores `candidates` against the first of them.
  ///
  /// Accuracy is told when every sample has a label. Latency is that of the runners as they were
  /// opened: for figures that can be compared, with one thread.
  ///
  /// @param candidates at least one
  /// @param source for the inputs of the first candidate
  /// @throws OctetException `USAGE` when the models cannot be compared, or have other classes than
  ///     the data; `BAD_INPUT` when a sample does not fit
  public static Scores evaluate(
      List<Candidate> candidates,
      SampleSource source,
      EvaluationOptions options,
      Progress progress) {
    if (candidates.isEmpty()) {
      throw OctetException.usage("no-models", "models", "there are none", "give at least one");
    }
    return new Evaluator(candidates, options).run(source, progress);
  }

  private Scores run(SampleSource source, Progress progress) {
    BatchProbe probe = BatchProbe.with(source);
    int size = options.batchSize();
    for (int i = 0; i < candidates.size(); i++) {
      size = probe.sizeFor(candidates.get(i).runner(), namings.get(i)::rename, size);
    }
    try (Stream<Sample> stream = source.samples();
        Stream<Batch> batches = Batches.of(stream, size)) {
      for (Iterator<Batch> i = batches.iterator(); i.hasNext(); ) {
        ask(i.next(), source.labels());
        progress.update(samples, source.size());
      }
    }
    answers.forEach(Answers::finish);
    return new Scores(rows());
  }

  private void ask(Batch batch, List<String> classNames) {
    for (int i = 0; i < candidates.size(); i++) {
      answers.get(i).ask(namings.get(i).rename(batch.inputs()));
    }
    if (samples == 0) {
      checkClasses(classNames);
    }
    for (Sample sample : batch.samples()) {
      labels.add(sample.label().orElse(-1));
      labelled &= sample.label().isPresent();
      if (first.size() < TIMED_SAMPLES) {
        first.add(sample);
      }
      samples++;
    }
  }

  /// A model scored against classes that are not its own gets figures that mean nothing.
  private void checkClasses(List<String> classNames) {
    for (int i = 0; i < candidates.size() && !classNames.isEmpty(); i++) {
      int classes = answers.get(i).classes();
      if (classes != 0 && classes != classNames.size()) {
        throw OctetException.usage(
            "classes-differ",
            candidates.get(i).name(),
            "chooses among " + classes + " classes, and the data has " + classNames.size(),
            "give the model's class names, in its order, as labels");
      }
    }
  }

  private List<ModelScore> rows() {
    List<Optional<Latency>> latencies = latencies();
    int[] truth = labels.build().toArray();
    boolean[] base = labelled ? answers.getFirst().right(truth) : new boolean[0];
    List<ModelScore> rows = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      boolean[] right = labelled ? answers.get(i).right(truth) : new boolean[0];
      rows.add(
          new ModelScore(
              candidates.get(i).name(),
              candidates.get(i).sizeBytes(),
              labelled ? OptionalDouble.of(share(right)) : OptionalDouble.empty(),
              samples,
              latencies.get(i),
              answers.get(i).agreement(answers.getFirst()),
              sourceAgreement(i),
              labelled ? Optional.of(PairedChange.of(base, right)) : Optional.empty()));
    }
    return rows;
  }

  private OptionalDouble sourceAgreement(int i) {
    OptionalInt source = candidates.get(i).source();
    return source.isPresent()
        ? OptionalDouble.of(answers.get(i).agreement(answers.get(source.getAsInt())))
        : OptionalDouble.empty();
  }

  private List<Optional<Latency>> latencies() {
    return switch (options.timing()) {
      case EvaluationOptions.Timing.Off() ->
          candidates.stream().map(each -> Optional.<Latency>empty()).toList();
      case EvaluationOptions.Timing.Interleaved timing ->
          new LatencyMeter(timing).measure(candidates, first);
    };
  }

  private static double share(boolean[] right) {
    int count = 0;
    for (boolean each : right) {
      count += each ? 1 : 0;
    }
    return (double) count / right.length;
  }
}
