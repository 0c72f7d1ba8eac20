package dev.octet.stats;

import java.util.Optional;

/// Smallest and largest value. Calls and merges in any order and batching give the same result.
public final class MinMaxCollector extends ChunkedCollector implements Collector {

  /// Steps from the smallest to the largest value in which a function's own extremes are looked
  /// for.
  private static final int STEPS = 1024;

  static MinMaxCollector of(CollectorState.MinMax state) {
    MinMaxCollector collector = new MinMaxCollector();
    collector.restoreExtremes(state.extremes());
    return collector;
  }

  @Override
  public CollectorState state() {
    return new CollectorState.MinMax(extremes());
  }

  /// Evenly spread between the extremes.
  @Override
  public Optional<float[]> support() {
    if (count() == 0) {
      return Optional.empty();
    }
    Range range = observed();
    float[] points = new float[STEPS + 1];
    for (int i = 0; i < STEPS; i++) {
      points[i] = (float) (range.min() + i * (range.max() - (double) range.min()) / STEPS);
    }
    points[STEPS] = range.max();
    return Optional.of(points);
  }

  @Override
  public Collector image(float[] results) {
    return of(new CollectorState.MinMax(extremesOfImage(results)));
  }

  @Override
  public void merge(Collector other) {
    if (!(other instanceof MinMaxCollector that)) {
      throw new IllegalArgumentException("cannot merge extremes with " + other.getClass());
    }
    mergeExtremes(that);
  }

  @Override
  void callBegins(long length, long sample) {}

  @Override
  void finiteChunk(int[] bits, int length, float chunkMin, float chunkMax) {}

  @Override
  void callEnded(float smallest, float largest, long sample) {}
}
