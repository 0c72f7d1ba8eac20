package dev.octet.stats;

import java.util.Arrays;

/// Counts of values in bins besides the extremes.
///
/// Bins are `2^e` wide and begin at multiples of their width. `e` is the smallest exponent with
/// which the largest magnitude seen so far falls within 4096 bins of 0, so that it lies beyond bin
/// 2047; when a larger one comes, neighbouring bins are added up pairwise, which loses nothing
/// compared with having started that wide. Hence the counts depend on the values alone, neither on
/// how they were batched nor on the order of calls and merges, and merging is exact.
///
/// Takes 128 KiB, 192 KiB beyond a billion values.
public final class HistogramCollector extends ChunkedCollector implements Collector {
  private static final int HALF = 4096;
  private static final int BINS = 2 * HALF;

  /// Exponent of the first bin beyond the half, so that `2^(LOG_HALF)` widths are out of range.
  private static final int LOG_HALF = 12;

  /// Finest width. Keeps `1 / width` a normal float; smaller magnitudes share the bins at 0.
  private static final int MIN_EXPONENT = -100;

  /// Counts are kept as int and moved to long before one could overflow.
  private static final int SPILL_AT = 1 << 30;

  private final int[] bins = new int[CHUNK];

  /// Neighbouring values often fall into the same bin; counting them in turn in two arrays keeps an
  /// increment from waiting for the one before it.
  private final int[] even = new int[BINS];

  private final int[] odd = new int[BINS];

  private long[] spilled = {};
  private int unspilled;
  private int exponent = MIN_EXPONENT;

  @Override
  public void merge(Collector other) {
    if (!(other instanceof HistogramCollector that)) {
      throw new IllegalArgumentException("cannot merge a histogram with " + other.getClass());
    }
    mergeExtremes(that);
    widenTo(that.exponent);
    spill();
    int shift = exponent - that.exponent;
    for (int i = 0; i < BINS; i++) {
      spilled[folded(i, shift)] += that.at(i);
    }
  }

  /// The counts as they are now, from the first to the last bin that is not empty.
  public Histogram histogram() {
    int first = 0;
    int last = BINS - 1;
    while (first < last && at(first) == 0) {
      first++;
    }
    while (last > first && at(last) == 0) {
      last--;
    }
    long[] counts = new long[last - first + 1];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = at(first + i);
    }
    return new Histogram(Math.scalb(1.0, exponent), first - HALF, counts);
  }

  @Override
  void finiteChunk(float[] values, int from, int length, float chunkMin, float chunkMax) {
    widenTo(exponentFor(Math.max(-chunkMin, chunkMax)));
    if (unspilled > SPILL_AT - length) {
      spill();
    }
    unspilled += length;
    FloatScan.INSTANCE.bins(values, from, length, Math.scalb(1f, -exponent), bins);
    int paired = length & -2;
    for (int i = 0; i < paired; i += 2) {
      even[bins[i] + HALF]++;
      odd[bins[i + 1] + HALF]++;
    }
    if (paired < length) {
      even[bins[paired] + HALF]++;
    }
  }

  @Override
  void callEnded(float smallest, float largest) {}

  private static int exponentFor(float magnitude) {
    return Math.max(MIN_EXPONENT, Math.getExponent(magnitude) + 1 - LOG_HALF);
  }

  private long at(int index) {
    long counted = (long) even[index] + odd[index];
    return spilled.length == 0 ? counted : counted + spilled[index];
  }

  private void spill() {
    if (spilled.length == 0) {
      spilled = new long[BINS];
    }
    for (int i = 0; i < BINS; i++) {
      spilled[i] += (long) even[i] + odd[i];
      even[i] = 0;
      odd[i] = 0;
    }
    unspilled = 0;
  }

  private void widenTo(int newExponent) {
    int shift = newExponent - exponent;
    if (shift <= 0) {
      return;
    }
    exponent = newExponent;
    if (unspilled == 0 && spilled.length == 0) {
      return;
    }
    fold(even, shift);
    fold(odd, shift);
    if (spilled.length > 0) {
      long[] old = spilled;
      spilled = new long[BINS];
      for (int i = 0; i < BINS; i++) {
        spilled[folded(i, shift)] += old[i];
      }
    }
  }

  private static void fold(int[] counts, int shift) {
    int[] old = counts.clone();
    Arrays.fill(counts, 0);
    for (int i = 0; i < BINS; i++) {
      counts[folded(i, shift)] += old[i];
    }
  }

  /// Where bin `index` goes when bins get `2^shift` times as wide. Java would take a shift of 32 or
  /// more modulo 32; 31 sends every bin next to 0 already.
  private static int folded(int index, int shift) {
    return ((index - HALF) >> Math.min(shift, 31)) + HALF;
  }
}
