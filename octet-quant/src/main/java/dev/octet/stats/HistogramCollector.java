package dev.octet.stats;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/// Counts of values in bins besides the extremes.
///
/// Bins are `2^e` wide and begin at multiples of their width. `e` is the smallest exponent with
/// which the largest magnitude seen so far falls within 4096 bins of 0, so that it lies beyond bin
/// 2047; when a larger one comes, neighbouring bins are added up pairwise, which loses nothing
/// compared with having started that wide. Hence the counts depend on the values alone, neither on
/// how they were batched nor on the order of calls and merges, and merging is exact.
///
/// Of large values it can count a part ([#countAtMost]); extremes are always of all.
///
/// Takes up to 154 KiB.
public final class HistogramCollector extends ChunkedCollector implements Collector {
  /// Bin `k`, from -4096 to 4095, is counted at index `k` modulo this: masking an index with the
  /// length of an array spares the check that it lies inside.
  private static final int BINS = 8192;

  /// The largest magnitude lies below `2^LOG_REACH` widths.
  private static final int LOG_REACH = 12;

  /// Finest width. Keeps `1 / width` a normal float; smaller magnitudes share the bins at 0.
  private static final int MIN_EXPONENT = -100;

  /// Counts are kept as int and moved to long before one could overflow.
  private static final int SPILL_AT = 1 << 30;

  /// Values next to each other that are counted or passed over together: four cache lines.
  private static final int BLOCK = 64;

  /// Moves the blocks that are counted from sample to sample, so that they fall on all places.
  private static final long ROTATION = 0x9E3779B9L;

  private final float[] values = new float[CHUNK];
  private final MemorySegment valuesAsSegment = MemorySegment.ofArray(values);
  private final int[] bins = new int[CHUNK];

  /// Neighbouring values often fall into the same bin; counting them in turn in two arrays keeps an
  /// increment from waiting for the one before it.
  private final int[] even = new int[BINS];

  private final int[] odd = new int[BINS];

  private long[] spilled = {};
  private int unspilled;
  private int exponent = MIN_EXPONENT;
  private long most = Long.MAX_VALUE;

  /// Every how many blocks one is counted, and how many will pass before that.
  private long stride = 1;

  private long passing;

  static HistogramCollector of(CollectorState.Counted state) {
    HistogramCollector collector = new HistogramCollector();
    collector.restoreExtremes(state.extremes());
    state.extremes().seen().ifPresent(seen -> collector.restore(state.histogram(), seen.range()));
    return collector;
  }

  /// From now on counts about so many of the values of a call, evenly spread over them and
  /// elsewhere
  /// in every sample: enough for the shape of a distribution, in a time that does not grow with it.
  ///
  /// @param values at least 64
  public void countAtMost(int values) {
    if (values < BLOCK) {
      throw new IllegalArgumentException(values + " values are fewer than " + BLOCK);
    }
    most = values;
  }

  @Override
  public CollectorState state() {
    return new CollectorState.Counted(extremes(), histogram());
  }

  /// The middle of each bin that holds values, and the extremes before and after them.
  @Override
  public Optional<float[]> support() {
    if (count() == 0) {
      return Optional.empty();
    }
    Range range = observed();
    Histogram seen = histogram();
    int[] filled = filled(seen);
    float[] points = new float[filled.length + 2];
    points[0] = range.min();
    for (int i = 0; i < filled.length; i++) {
      double middle = seen.edge(filled[i]) + seen.binWidth() / 2;
      points[i + 1] = Math.clamp((float) middle, range.min(), range.max());
    }
    points[filled.length + 1] = range.max();
    return Optional.of(points);
  }

  @Override
  public Collector image(float[] results) {
    CollectorState.Extremes extremes = extremesOfImage(results);
    Range range = extremes.seen().orElseThrow().range();
    int scale = exponentFor(Math.max(-range.min(), range.max()));
    Histogram seen = histogram();
    int[] filled = filled(seen);
    long[] counts = new long[BINS];
    for (int i = 0; i < filled.length; i++) {
      float result = results[i + 1];
      int bin = (int) Math.scalb(result, -scale) - (result < 0 ? 1 : 0);
      counts[bin + BINS / 2] += seen.count(filled[i]);
    }
    return of(
        new CollectorState.Counted(
            extremes, new Histogram(Math.scalb(1.0, scale), -BINS / 2, counts)));
  }

  @Override
  public void merge(Collector other) {
    if (!(other instanceof HistogramCollector that)) {
      throw new IllegalArgumentException("cannot merge a histogram with " + other.getClass());
    }
    mergeExtremes(that);
    widenTo(that.exponent);
    spill();
    int shift = exponent - that.exponent;
    for (int bin = -BINS / 2; bin < BINS / 2; bin++) {
      spilled[index(widened(bin, shift))] += that.at(bin);
    }
  }

  /// The counts as they are now, from the first to the last bin that is not empty.
  public Histogram histogram() {
    int first = -BINS / 2;
    int last = BINS / 2 - 1;
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
    return new Histogram(Math.scalb(1.0, exponent), first, counts);
  }

  @Override
  void callBegins(long length, long sample) {
    stride = Math.max(1, Math.ceilDiv(length, most));
    passing = stride == 1 ? 0 : Math.floorMod(sample * ROTATION, stride);
  }

  @Override
  void finiteChunk(int[] bits, int length, float chunkMin, float chunkMax) {
    widenTo(exponentFor(Math.max(-chunkMin, chunkMax)));
    int counted = stride == 1 ? length : keepBlocks(bits, length);
    if (unspilled > SPILL_AT - counted) {
      spill();
    }
    unspilled += counted;
    MemorySegment.copy(
        MemorySegment.ofArray(bits), 0, valuesAsSegment, 0, (long) counted * Float.BYTES);
    FloatScan.bins(values, bits, counted, Math.scalb(1f, -exponent), bins);
    count(bins, counted, even, odd);
  }

  /// Moves the blocks to count to the front and returns how many values they hold.
  private int keepBlocks(int[] bits, int length) {
    int kept = 0;
    int blocks = Math.ceilDiv(length, BLOCK);
    long block = passing;
    for (; block < blocks; block += stride) {
      int from = (int) block * BLOCK;
      int size = Math.min(BLOCK, length - from);
      System.arraycopy(bits, from, bits, kept, size);
      kept += size;
    }
    passing = block - blocks;
    return kept;
  }

  @Override
  void callEnded(float smallest, float largest, long sample) {}

  /// @throws IllegalArgumentException when these cannot be the counts of as many values of `range`
  private void restore(Histogram histogram, Range range) {
    exponent = exponentFor(Math.max(-range.min(), range.max()));
    int first = histogram.firstBin();
    if (histogram.binWidth() != Math.scalb(1.0, exponent)
        || first < -BINS / 2
        || (long) first + histogram.bins() > BINS / 2) {
      throw new IllegalArgumentException(
          "bins of " + histogram.binWidth() + " from " + first + " are not those of " + range);
    }
    spilled = new long[BINS];
    long total = 0;
    for (int i = 0; i < histogram.bins(); i++) {
      long counted = histogram.count(i);
      if (counted < 0) {
        throw new IllegalArgumentException("a bin counts " + counted + " values");
      }
      spilled[index(first + i)] = counted;
      total += counted;
    }
    if (total > count()) {
      throw new IllegalArgumentException(total + " values in bins where " + count() + " were seen");
    }
  }

  private static void count(int[] bins, int length, int[] even, int[] odd) {
    int paired = length & -2;
    for (int i = 0; i < paired; i += 2) {
      even[bins[i] & (even.length - 1)]++;
      odd[bins[i + 1] & (odd.length - 1)]++;
    }
    if (paired < length) {
      even[bins[paired] & (even.length - 1)]++;
    }
  }

  private static int[] filled(Histogram histogram) {
    return IntStream.range(0, histogram.bins()).filter(i -> histogram.count(i) > 0).toArray();
  }

  private static int exponentFor(float magnitude) {
    return Math.max(MIN_EXPONENT, Math.getExponent(magnitude) + 1 - LOG_REACH);
  }

  private long at(int bin) {
    int index = index(bin);
    long counted = (long) even[index] + odd[index];
    return spilled.length == 0 ? counted : counted + spilled[index];
  }

  private void spill() {
    if (spilled.length == 0) {
      spilled = new long[BINS];
    }
    for (int i = 0; i < BINS; i++) {
      spilled[i] += (long) even[i] + odd[i];
    }
    Arrays.fill(even, 0);
    Arrays.fill(odd, 0);
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
    spill();
    long[] finer = spilled;
    spilled = new long[BINS];
    for (int bin = -BINS / 2; bin < BINS / 2; bin++) {
      spilled[index(widened(bin, shift))] += finer[index(bin)];
    }
  }

  private static int index(int bin) {
    return bin & (BINS - 1);
  }

  /// The bin that holds bin `bin` when bins get `2^shift` times as wide. Java would take a shift of
  /// 32 or more modulo 32; 31 sends every bin next to 0 already.
  private static int widened(int bin, int shift) {
    return bin >> Math.min(shift, 31);
  }
}
