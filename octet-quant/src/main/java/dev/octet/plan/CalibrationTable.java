package dev.octet.plan;

import dev.octet.stats.Range;
import dev.octet.stats.Spread;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
  public record Witness(long sample, String name) {
    private String text() {
      return name.isEmpty() ? "sample " + sample : name.substring(name.lastIndexOf('/') + 1);
    }
  }

  /// A table of bare ranges, as a user or another tool may state them.
  public static CalibrationTable ofRanges(Map<String, Range> ranges) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    ranges.forEach(
        (value, range) ->
            entries.put(
                value, new Entry(range, CalibrationMethod.minMax(), new Observation(0, 0, range))));
    return new CalibrationTable(entries);
  }

  /// One line a value: its range and how it was decided, the extremes, which samples set them, and
  /// since when and for what share of the samples the extremes stood still.
  public List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("value", "range", "method", "seen", "smallest in", "largest in", "still since"));
    entries.forEach((value, entry) -> rows.add(row(value, entry)));
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream()
        .map(
            row -> {
              StringBuilder line = new StringBuilder();
              for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
              }
              return line.toString().stripTrailing();
            })
        .toList();
  }

  /// What `lines` says, as text.
  @Override
  public String toString() {
    return String.join("\n", lines());
  }

  private static List<String> row(String value, Entry entry) {
    Observation observed = entry.observed();
    return List.of(
        value,
        text(entry.range()),
        entry.method().toString(),
        text(observed.extremes()),
        observed.provenance().map(from -> from.smallest().text()).orElse("–"),
        observed.provenance().map(from -> from.largest().text()).orElse("–"),
        observed.provenance().map(from -> still(from, observed.samples())).orElse("–"));
  }

  private static String text(Range range) {
    return String.format(Locale.ROOT, "%.5g … %.5g", range.min(), range.max());
  }

  private static String still(Provenance from, long samples) {
    long last = from.lastWidened();
    return samples <= last
        ? "sample " + last
        : String.format(
            Locale.ROOT, "sample %d, %.0f %%", last, 100.0 * (samples - 1 - last) / samples);
  }

  /// The range of a value, if it was observed.
  public Optional<Range> range(String value) {
    return Optional.ofNullable(entries.get(value)).map(Entry::range);
  }
}
