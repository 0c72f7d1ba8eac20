package dev.octet.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Exponential moving averages of the smallest and of the largest value of each sample, besides the
/// extremes themselves.
///
/// With constant `c` and a sample's value `x`, `average += c * (x - average)`, the first sample
/// setting the average. Samples are averaged one by one in the order of their indices, in whatever
/// order and batching they came and however they were divided among collectors: so calls and merges
/// in any order give the same bits. (Averages of *batches*, which other tools take, depend on the
/// batch size.)
///
/// For this a sample's extremes wait, in 16 bytes, until [#settleBefore] says that no sample before
/// some index will come any more. A caller that never does so keeps 16 bytes a sample.
public final class MovingAverageCollector extends ChunkedCollector implements Collector {
  private final double constant;
  private final SampleExtremes pending = new SampleExtremes();
  private CollectorState.@Nullable Settled settled;

  /// A collector that has seen nothing.
  ///
  /// @param constant weight of a new sample, in (0, 1]
  public MovingAverageCollector(double constant) {
    if (!(constant > 0 && constant <= 1)) {
      throw new IllegalArgumentException("averaging constant " + constant + " is not in (0, 1]");
    }
    this.constant = constant;
  }

  static MovingAverageCollector of(CollectorState.Averaged state) {
    MovingAverageCollector collector = new MovingAverageCollector(state.constant());
    collector.restoreExtremes(state.extremes());
    collector.settled = state.settled().orElse(null);
    for (CollectorState.Sampled each : state.pending()) {
      collector.pend(each.sample(), each.range().min(), each.range().max());
    }
    if (state.extremes().count() > 0 && state.settled().isEmpty() && state.pending().isEmpty()) {
      throw new IllegalArgumentException("values were counted, but no sample has any");
    }
    return collector;
  }

  /// Averages depend on the order of samples, which a few values cannot stand for.
  @Override
  public Optional<float[]> support() {
    return Optional.empty();
  }

  @Override
  public Collector image(float[] results) {
    throw new IllegalStateException("averages have no support");
  }

  /// @throws IllegalArgumentException also when both have settled samples
  @Override
  public void merge(Collector other) {
    if (!(other instanceof MovingAverageCollector that) || that.constant != constant) {
      throw new IllegalArgumentException("cannot merge moving averages with " + other);
    }
    if (settled != null && that.settled != null) {
      throw new IllegalArgumentException("both averages begin with the first sample");
    }
    mergeExtremes(that);
    if (that.settled != null) {
      settled = that.settled;
      if (pending.size() > 0 && pending.sample(0) < settled.before()) {
        throw new IllegalArgumentException("sample " + pending.sample(0) + " comes too late");
      }
    }
    for (int i = 0; i < that.pending.size(); i++) {
      pend(that.pending.sample(i), that.pending.min(i), that.pending.max(i));
    }
  }

  @Override
  public CollectorState state() {
    List<CollectorState.Sampled> waiting = new ArrayList<>();
    for (int i = 0; i < pending.size(); i++) {
      waiting.add(
          new CollectorState.Sampled(pending.sample(i), new Range(pending.min(i), pending.max(i))));
    }
    return new CollectorState.Averaged(extremes(), constant, Optional.ofNullable(settled), waiting);
  }

  /// Averages the samples that wait, up to but without `sample`: none before it will come any more.
  public void settleBefore(long sample) {
    int done = 0;
    while (done < pending.size() && pending.sample(done) < sample) {
      done++;
    }
    if (done > 0) {
      settled = folded(done, sample);
      pending.removeFirst(done);
    }
  }

  /// Weight of a new sample.
  public double constant() {
    return constant;
  }

  /// The averages.
  ///
  /// @throws IllegalStateException when no finite value was seen
  public Range average() {
    CollectorState.Settled all = folded(pending.size(), Long.MAX_VALUE);
    if (all == null) {
      throw new IllegalStateException("no finite value was observed");
    }
    return new Range((float) all.min(), (float) all.max());
  }

  @Override
  public String toString() {
    return "moving average, constant " + constant;
  }

  @Override
  void callBegins(long length, long sample) {}

  @Override
  void finiteChunk(int[] bits, int length, float chunkMin, float chunkMax) {}

  @Override
  void callEnded(float smallest, float largest, long sample) {
    pend(sample, smallest, largest);
  }

  private void pend(long sample, float min, float max) {
    if (settled != null && sample < settled.before()) {
      throw new IllegalArgumentException(
          "sample " + sample + " comes after those before " + settled.before() + " were averaged");
    }
    pending.add(sample, min, max);
  }

  /// The average with the first `count` samples that wait.
  private CollectorState.@Nullable Settled folded(int count, long before) {
    if (count == 0) {
      return settled;
    }
    int next = 0;
    double min;
    double max;
    if (settled == null) {
      min = pending.min(0);
      max = pending.max(0);
      next = 1;
    } else {
      min = settled.min();
      max = settled.max();
    }
    for (; next < count; next++) {
      min += constant * (pending.min(next) - min);
      // Rounding must not turn averages of equal values around.
      max = Math.max(min, max + constant * (pending.max(next) - max));
    }
    return new CollectorState.Settled(before, min, max);
  }
}
