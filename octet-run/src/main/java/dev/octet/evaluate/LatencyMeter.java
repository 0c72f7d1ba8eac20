package dev.octet.evaluate;

import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.runtime.Pairing;
import dev.octet.runtime.PreparedRun;
import dev.octet.runtime.TimedRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Measures models against each other: in every round each model has a turn, so that a change of
/// the machine's mood meets all of them. A turn is one run that does not count, to get its code and
/// data back into the caches, and some that do. The figure is the median of all that do.
final class LatencyMeter {
  private static final int BATCH = 32;
  private static final int WARM_UP_RUNS = 20;
  private static final double WARM_UP_SECONDS = 0.5;
  private static final int MAX_RUNS_A_TURN = 200;

  private final EvaluationOptions.Timing.Interleaved timing;

  LatencyMeter(EvaluationOptions.Timing.Interleaved timing) {
    this.timing = timing;
  }

  /// Measures every candidate at both batch sizes.
  ///
  /// @param candidates models, in the order of the result
  /// @param samples for the inputs of the first candidate, repeated as needed; at least one
  /// @return empty for models whose speed means nothing
  List<Optional<Latency>> measure(List<Candidate> candidates, List<Sample> samples) {
    double[] single = medians(candidates, samples, 1);
    double[] batched = medians(candidates, samples, BATCH);
    List<Optional<Latency>> latencies = new ArrayList<>();
    for (int i = 0; i < single.length; i++) {
      latencies.add(
          Double.isNaN(single[i])
              ? Optional.empty()
              : Optional.of(new Latency(single[i], batched[i])));
    }
    return latencies;
  }

  /// Milliseconds a run, NaN for models that cannot be measured.
  private double[] medians(List<Candidate> candidates, List<Sample> samples, int batchSize) {
    List<Turns> all = new ArrayList<>();
    try {
      for (Candidate candidate : candidates) {
        Pairing naming = Pairing.ofInputs(candidates.getFirst().runner(), candidate.runner());
        all.add(Turns.of(candidate, naming, samples, batchSize));
      }
      List<Turns> measured = all.stream().filter(Turns::isMeasured).toList();
      measured.forEach(turns -> turns.warmUp(timing));
      for (int round = 0; round < timing.rounds(); round++) {
        for (int i = 0; i < measured.size(); i++) {
          // Nobody always comes after the same one.
          measured.get((i + round) % measured.size()).take();
        }
      }
      return all.stream().mapToDouble(Turns::medianMillis).toArray();
    } finally {
      all.forEach(Turns::close);
    }
  }

  /// One model's turns at one batch size.
  private static final class Turns implements AutoCloseable {
    private final Optional<PreparedRun> run;
    private final List<Long> nanos = new ArrayList<>();
    private int runsATurn = 1;

    private Turns(Optional<PreparedRun> run) {
      this.run = run;
    }

    static Turns of(Candidate candidate, Pairing naming, List<Sample> samples, int batchSize) {
      if (!(candidate.runner() instanceof TimedRunner timed)
          || Batches.sizeFor(timed.inputs(), batchSize) != batchSize) {
        return new Turns(Optional.empty());
      }
      List<Sample> repeated = new ArrayList<>();
      for (int i = 0; i < batchSize; i++) {
        repeated.add(samples.get(i % samples.size()));
      }
      return new Turns(Optional.of(timed.prepare(naming.rename(Batches.join(repeated).inputs()))));
    }

    boolean isMeasured() {
      return run.isPresent();
    }

    void warmUp(EvaluationOptions.Timing.Interleaved timing) {
      run.ifPresent(
          prepared -> {
            long start = System.nanoTime();
            int runs = 0;
            while (runs < WARM_UP_RUNS && seconds(start) < WARM_UP_SECONDS) {
              prepared.run();
              runs++;
            }
            double wanted = timing.seconds() / timing.rounds();
            double each = seconds(start) / runs;
            runsATurn = (int) Math.clamp(wanted / each, 1, MAX_RUNS_A_TURN);
          });
    }

    void take() {
      run.ifPresent(
          prepared -> {
            prepared.run();
            for (int i = 0; i < runsATurn; i++) {
              long start = System.nanoTime();
              prepared.run();
              nanos.add(System.nanoTime() - start);
            }
          });
    }

    /// NaN when nothing was measured.
    double medianMillis() {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
      if (sorted.length == 0) {
        return Double.NaN;
      }
      int half = sorted.length / 2;
      long upper = sorted[half];
      long lower = sorted.length % 2 == 0 ? sorted[half - 1] : upper;
      return (lower + upper) / 2.0 / 1e6;
    }

    @Override
    public void close() {
      run.ifPresent(PreparedRun::close);
    }

    private static double seconds(long start) {
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
