package dev.octet.stats;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// What all collectors share: they see their input in chunks small enough for the first-level
/// cache, as plain arrays whatever it came as, after extremes and non-finite values were dealt
/// with.
abstract class ChunkedCollector {
  /// Values a chunk: 8 KiB, so that a second pass over it finds it in the first-level cache.
  static final int CHUNK = 2048;

  private static final long NONE = Long.MAX_VALUE;
  private static final ValueLayout.OfInt HEAP = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfInt LITTLE_ENDIAN =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int[] bits = new int[CHUNK];
  private long count;
  private long nonFinite;
  private long firstNonFinite = NONE;
  private float min = Float.POSITIVE_INFINITY;
  private float max = Float.NEGATIVE_INFINITY;
  private long minSample = NONE;
  private long maxSample = NONE;
  private float callMin;
  private float callMax;

  public final void accept(float[] values, int from, int length, long sample) {
    Objects.checkFromIndexSize(from, length, values.length);
    MemorySegment floats = MemorySegment.ofArray(values);
    accept(floats.asSlice((long) from * Float.BYTES, (long) length * Float.BYTES), HEAP, sample);
  }

  public final void accept(MemorySegment floats, long sample) {
    if (floats.byteSize() % Float.BYTES != 0) {
      throw new IllegalArgumentException(floats.byteSize() + " bytes are no whole floats");
    }
    accept(floats, LITTLE_ENDIAN, sample);
  }

  public final long count() {
    return count;
  }

  public final long nonFinite() {
    return nonFinite;
  }

  public final OptionalLong firstNonFiniteSample() {
    return sample(firstNonFinite);
  }

  public final Range observed() {
    if (count == 0) {
      throw new IllegalStateException("no finite value was observed");
    }
    return new Range(min, max);
  }

  public final OptionalLong minSample() {
    return sample(minSample);
  }

  public final OptionalLong maxSample() {
    return sample(maxSample);
  }

  /// Called before the chunks of a call.
  ///
  /// @param length how many values there are
  abstract void callBegins(long length, long sample);

  /// Called with the raw bits of finite values, at most [#CHUNK] of them and at least one.
  abstract void finiteChunk(int[] bits, int length, float chunkMin, float chunkMax);

  /// Called at the end of each call that held a finite value.
  abstract void callEnded(float smallest, float largest, long sample);

  final CollectorState.Extremes extremes() {
    return new CollectorState.Extremes(
        count,
        nonFinite,
        firstNonFiniteSample(),
        count == 0
            ? Optional.empty()
            : Optional.of(new CollectorState.Seen(observed(), minSample, maxSample)));
  }

  /// @param results of a function, in order of its arguments, the extremes first and last
  final CollectorState.Extremes extremesOfImage(float[] results) {
    int least = 0;
    int most = 0;
    for (int i = 1; i < results.length; i++) {
      least = results[i] < results[least] ? i : least;
      most = results[i] > results[most] ? i : most;
    }
    CollectorState.Seen seen =
        new CollectorState.Seen(
            // Adding 0 turns -0 into 0.
            new Range(results[least] + 0f, results[most] + 0f),
            least < results.length / 2 ? minSample : maxSample,
            most < results.length / 2 ? minSample : maxSample);
    return new CollectorState.Extremes(count, 0, OptionalLong.empty(), Optional.of(seen));
  }

  final void restoreExtremes(CollectorState.Extremes state) {
    count = state.count();
    nonFinite = state.nonFinite();
    firstNonFinite = state.firstNonFinite().orElse(NONE);
    state
        .seen()
        .ifPresent(
            seen -> {
              lower(seen.range().min(), seen.minSample());
              raise(seen.range().max(), seen.maxSample());
            });
  }

  final void mergeExtremes(ChunkedCollector other) {
    count += other.count;
    nonFinite += other.nonFinite;
    firstNonFinite = Math.min(firstNonFinite, other.firstNonFinite);
    if (other.count > 0) {
      lower(other.min, other.minSample);
      raise(other.max, other.maxSample);
    }
  }

  private void accept(MemorySegment floats, ValueLayout.OfInt layout, long sample) {
    callMin = Float.POSITIVE_INFINITY;
    callMax = Float.NEGATIVE_INFINITY;
    long length = floats.byteSize() / Float.BYTES;
    callBegins(length, sample);
    for (long done = 0; done < length; done += CHUNK) {
      int size = (int) Math.min(CHUNK, length - done);
      MemorySegment.copy(floats, layout, done * Float.BYTES, bits, 0, size);
      chunk(size, sample);
    }
    if (callMin <= callMax) {
      lower(callMin, sample);
      raise(callMax, sample);
      callEnded(callMin, callMax, sample);
    }
  }

  private void chunk(int length, long sample) {
    int kept = length;
    long keys = FloatScan.extremes(bits, kept);
    if ((int) (keys >> 32) <= FloatScan.LOWEST || (int) keys >= FloatScan.HIGHEST) {
      kept = keepFinite(length);
      nonFinite += length - kept;
      firstNonFinite = Math.min(firstNonFinite, sample);
      keys = FloatScan.extremes(bits, kept);
    }
    if (kept > 0) {
      count += kept;
      float smallest = value((int) (keys >> 32));
      float largest = value((int) keys);
      callMin = Math.min(callMin, smallest);
      callMax = Math.max(callMax, largest);
      finiteChunk(bits, kept, smallest, largest);
    }
  }

  /// Moves the finite values to the front and returns their number.
  private int keepFinite(int length) {
    int kept = 0;
    for (int i = 0; i < length; i++) {
      if (Float.isFinite(Float.intBitsToFloat(bits[i]))) {
        bits[kept++] = bits[i];
      }
    }
    return kept;
  }

  private void lower(float value, long sample) {
    if (value < min || (value == min && sample < minSample)) {
      min = value;
      minSample = sample;
    }
  }

  private void raise(float value, long sample) {
    if (value > max || (value == max && sample < maxSample)) {
      max = value;
      maxSample = sample;
    }
  }

  /// Adding 0 turns -0 into 0, which would otherwise depend on the order of values.
  private static float value(int key) {
    return Float.intBitsToFloat(FloatScan.key(key)) + 0f;
  }

  private static OptionalLong sample(long index) {
    return index == NONE ? OptionalLong.empty() : OptionalLong.of(index);
  }
}
