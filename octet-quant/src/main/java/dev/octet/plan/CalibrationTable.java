package dev.octet.plan;

import dev.octet.stats.Range;
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
  public record Observation(long samples, long elements, Range extremes) {}

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
