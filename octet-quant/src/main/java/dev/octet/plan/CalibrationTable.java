package dev.octet.plan;

import dev.octet.stats.Range;
import dev.octet.stats.Spread;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The ranges of observed values: what calibration hands to the planner.
///
/// @param entries by name of the float model's value, in the order the graph computes them
public record CalibrationTable(Map<String, Entry> entries) {
  public CalibrationTable {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /// What is known about one value.
  ///
  /// @param range the range decided on
  /// @param method how it was decided
  /// @param observed what was seen
  public record Entry(Range range, CalibrationMethod method, Observation observed) {}

  /// A summary of the numbers seen.
  ///
  /// @param samples how many samples were run
  /// @param elements how many numbers were seen in all of them
  /// @param extremes smallest and largest number seen
  /// @param provenance which samples hold the extremes; empty when nobody kept track
  /// @param spread mean and deviation; empty for methods that count no histogram
  public record Observation(
      long samples,
      long elements,
      Range extremes,
      Optional<Provenance> provenance,
      Optional<Spread> spread) {

    /// What is known when only extremes were kept.
    public Observation(long samples, long elements, Range extremes) {
      this(samples, elements, extremes, Optional.empty(), Optional.empty());
    }
  }

  /// Which samples hold a value's extremes; the first where several do.
  ///
  /// @param smallest holds the smallest number
  /// @param largest holds the largest number
  public record Provenance(Witness smallest, Witness largest) {
    /// Index of the last sample that widened the range, samples taken in order: whoever first holds
    /// the later of the two extremes. From there on the range of all numbers stood still.
    public long lastWidened() {
      return Math.max(smallest.sample(), largest.sample());
    }
  }

  /// A sample that set an extreme.
  ///
  /// @param sample its index among the samples, from 0
  /// @param name what its source calls it: a file, a row of an array
  public record Witness(long sample, String name) {}

  /// A table of bare ranges, as a user or another tool may state them.
  public static CalibrationTable ofRanges(Map<String, Range> ranges) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    ranges.forEach(
        (value, range) ->
            entries.put(
                value, new Entry(range, CalibrationMethod.minMax(), new Observation(0, 0, range))));
    return new CalibrationTable(entries);
  }

  /// The range of a value, if it was observed.
  public Optional<Range> range(String value) {
    return Optional.ofNullable(entries.get(value)).map(Entry::range);
  }
}
