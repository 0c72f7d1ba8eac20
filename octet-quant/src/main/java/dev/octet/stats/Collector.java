package dev.octet.stats;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;

/// Statistics of one value over all samples, in memory that does not grow with them.
///
/// Collectors only observe; a [RangeEstimator] decides. Partial collectors of the same kind and
/// settings [#merge] into what one of them would have seen: the result does not depend on how
/// samples were batched or on the order of calls and merges.
///
/// NaN and infinities are counted and left out of every other statistic. A caller refuses a value
/// with [#nonFinite()] above 0, naming the tensor and [#firstNonFiniteSample()].
///
/// Not thread-safe: one collector a worker, merged at the end.
public sealed interface Collector
    permits MinMaxCollector, HistogramCollector, MovingAverageCollector {

  /// Observes `length` values from index `from` on.
  ///
  /// @param sample index of the sample the values belong to, for messages and provenance
  void accept(float[] values, int from, int length, long sample);

  /// Observes a segment of little-endian floats, heap or native, of a size divisible by 4.
  ///
  /// @param sample index of the sample the values belong to, for messages and provenance
  void accept(MemorySegment floats, long sample);

  /// Observes all `values`.
  default void accept(float[] values, long sample) {
    accept(values, 0, values.length, sample);
  }

  /// Adds what `other` has seen; `other` stays as it was.
  ///
  /// @throws IllegalArgumentException when `other` is of another kind or has other settings
  void merge(Collector other);

  /// Values that stand for all that were seen, where a function of them is asked for: what it makes
  /// of these, [#image] turns into the statistics of the function. The extremes are among them.
  ///
  /// @return empty when nothing was seen, or when the statistics depend on more than the values
  Optional<float[]> support();

  /// The statistics of a function's results, had they been observed instead of its arguments. Where
  /// the function rises or falls all the way, the extremes are exact; one inside is found as
  /// closely
  /// as the support lies, and said to be of the sample that set the extreme nearer to it.
  ///
  /// @param results of the function for each value of [#support()], all finite
  Collector image(float[] results);

  /// Everything this knows, to be kept and gone on from.
  CollectorState state();

  /// Finite values seen.
  long count();

  /// NaN and infinite values seen.
  long nonFinite();

  /// Smallest index of a sample that held a NaN or infinite value.
  OptionalLong firstNonFiniteSample();

  /// Smallest and largest finite value.
  ///
  /// @throws IllegalStateException when no finite value was seen
  Range observed();

  /// The sample that holds the smallest value; the first of several.
  OptionalLong minSample();

  /// The sample that holds the largest value; the first of several.
  OptionalLong maxSample();
}
