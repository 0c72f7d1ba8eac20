package dev.octet.stats;

/// Exponential moving averages of the smallest and of the largest value of each call, one call a
/// sample, besides the extremes themselves.
///
/// With constant `c` and a sample's value `x`, `average += c * (x - average)`, the first sample
/// setting the average. Feeding sample by sample makes the result independent of batch sizes, but
/// not of the order of samples: [#merge] appends what the other has seen *after* this one, and
/// equals feeding both up to rounding.
public final class MovingAverageCollector extends ChunkedCollector implements Collector {
  private final double constant;
  private long calls;
  private double averageMin;
  private double averageMax;
  private double firstMin;
  private double firstMax;

  /// A collector that has seen nothing.
  ///
  /// @param constant weight of a new sample, in (0, 1]
  public MovingAverageCollector(double constant) {
    if (!(constant > 0 && constant <= 1)) {
      throw new IllegalArgumentException("averaging constant " + constant + " is not in (0, 1]");
    }
    this.constant = constant;
  }

  @Override
  public void merge(Collector other) {
    if (!(other instanceof MovingAverageCollector that) || that.constant != constant) {
      throw new IllegalArgumentException("cannot merge moving averages with " + other);
    }
    mergeExtremes(that);
    if (that.calls == 0) {
      return;
    }
    if (calls == 0) {
      firstMin = that.firstMin;
      firstMax = that.firstMax;
      averageMin = that.averageMin;
      averageMax = that.averageMax;
    } else {
      // The other's average started at its first sample with full weight; had it started here, that
      // sample would have moved our average by the constant only.
      double carried = Math.pow(1 - constant, (double) that.calls);
      averageMin = that.averageMin + carried * (averageMin - that.firstMin);
      averageMax = that.averageMax + carried * (averageMax - that.firstMax);
    }
    calls += that.calls;
  }

  /// Weight of a new sample.
  public double constant() {
    return constant;
  }

  /// The averages.
  ///
  /// @throws IllegalStateException when no finite value was seen
  public Range average() {
    if (calls == 0) {
      throw new IllegalStateException("no finite value was observed");
    }
    return new Range((float) averageMin, (float) averageMax);
  }

  @Override
  public String toString() {
    return "moving average of " + calls + " samples, constant " + constant;
  }

  @Override
  void finiteChunk(int[] bits, int length, float chunkMin, float chunkMax) {}

  @Override
  void callEnded(float smallest, float largest) {
    if (calls == 0) {
      firstMin = smallest;
      firstMax = largest;
      averageMin = smallest;
      averageMax = largest;
    } else {
      averageMin += constant * (smallest - averageMin);
      averageMax += constant * (largest - averageMax);
    }
    calls++;
  }
}
