package dev.octet.stats;

import java.util.Arrays;

/// Counts in bins of equal width; bin `i` holds values from `(firstBin + i) * binWidth` to the next
/// bin's begin, the end nearer to 0 included.
///
/// @param binWidth a power of two
/// @param firstBin position of the first bin, in widths from 0
/// @param counts values in each bin
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, compared by content
public record Histogram(double binWidth, int firstBin, long[] counts) {
  public Histogram {
    counts = counts.clone();
  }

  /// A copy of the counts; [#count(int)] reads one without copying.
  @Override
  public long[] counts() {
    return counts.clone();
  }

  /// Number of bins.
  public int bins() {
    return counts.length;
  }

  public long count(int bin) {
    return counts[bin];
  }

  /// Where bin `bin` begins; `edge(bins())` is where the last one ends.
  public double edge(int bin) {
    return ((long) firstBin + bin) * binWidth;
  }

  /// Values in all bins.
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /// The same of the values' magnitudes.
  public Histogram magnitudes() {
    int last = firstBin + counts.length - 1;
    long[] folded = new long[Math.max(last, ~firstBin) + 1];
    for (int i = 0; i < counts.length; i++) {
      int bin = firstBin + i;
      folded[bin < 0 ? ~bin : bin] += counts[i];
    }
    return new Histogram(binWidth, 0, folded);
  }

  /// The same in at most `bins` bins, neighbours added up pairwise as often as that takes.
  ///
  /// @param bins at least 2
  public Histogram coarsened(int bins) {
    int shift = 0;
    while (((firstBin + counts.length - 1) >> shift) - (firstBin >> shift) + 1 > bins) {
      shift++;
    }
    if (shift == 0) {
      return this;
    }
    int newFirst = firstBin >> shift;
    int newLast = (firstBin + counts.length - 1) >> shift;
    long[] merged = new long[newLast - newFirst + 1];
    for (int i = 0; i < counts.length; i++) {
      merged[((firstBin + i) >> shift) - newFirst] += counts[i];
    }
    return new Histogram(Math.scalb(binWidth, shift), newFirst, merged);
  }

  /// Mean and standard deviation of the values, each taken to lie in the middle of its bin.
  ///
  /// @throws IllegalStateException when there are no values
  public Spread spread() {
    double total = (double) total();
    if (total == 0) {
      throw new IllegalStateException("no finite value was observed");
    }
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i] * (edge(i) + binWidth / 2);
    }
    double mean = sum / total;
    double squares = 0;
    for (int i = 0; i < counts.length; i++) {
      double offset = edge(i) + binWidth / 2 - mean;
      squares += counts[i] * offset * offset;
    }
    return new Spread(mean, Math.sqrt(squares / total));
  }

  /// Where `fraction` of the values lie below, spread evenly within a bin.
  ///
  /// @param fraction in [0, 1]
  public double quantile(double fraction) {
    double wanted = fraction * total();
    double below = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= wanted) {
        return edge(i) + binWidth * Math.max(0, wanted - below) / counts[i];
      }
      below += counts[i];
    }
    return edge(counts.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Histogram that
        && binWidth == that.binWidth
        && firstBin == that.firstBin
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Double.hashCode(binWidth) + firstBin) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return total() + " values in " + counts.length + " bins of " + binWidth + " from " + edge(0);
  }
}
