package dev.octet.stats;

/// Smallest and largest value. Calls and merges in any order and batching give the same result.
public final class MinMaxCollector extends ChunkedCollector implements Collector {

  static MinMaxCollector of(CollectorState.MinMax state) {
    MinMaxCollector collector = new MinMaxCollector();
    collector.restoreExtremes(state.extremes());
    return collector;
  }

  @Override
  public CollectorState state() {
    return new CollectorState.MinMax(extremes());
  }

  @Override
  public void merge(Collector other) {
    if (!(other instanceof MinMaxCollector that)) {
      throw new IllegalArgumentException("cannot merge extremes with " + other.getClass());
    }
    mergeExtremes(that);
  }

  @Override
  void finiteChunk(int[] bits, int length, float chunkMin, float chunkMax) {}

  @Override
  void callEnded(float smallest, float largest, long sample) {}
}
