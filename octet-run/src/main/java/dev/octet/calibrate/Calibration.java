package dev.octet.calibrate;

import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Collector;
import dev.octet.stats.HistogramCollector;
import dev.octet.stats.Spread;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a pass over samples has seen. Several estimators can decide from it without another pass,
/// as far as its collectors hold what they need.
///
/// @param covered which samples were run: spans in order that do not meet
/// @param collectors statistics by name of the value, in the order asked for; values that hold no
///     floats have none
/// @param names names of some samples by index, those that set an extreme among them
public record Calibration(
    List<Span> covered, Map<String, Collector> collectors, SortedMap<Long, String> names) {
  public Calibration {
    covered = List.copyOf(covered);
    collectors = Collections.unmodifiableMap(new LinkedHashMap<>(collectors));
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
  }

  /// How many samples were run.
  public long samples() {
    return covered.stream().mapToLong(Span::size).sum();
  }

  /// Decides the ranges.
  ///
  /// @param needs the values observed, with the methods to use; these may be other methods than
  ///     those collected for, if they need no more
  /// @return a range for each of them but those that hold no floats
  /// @throws OctetException `FAILURE` when a value was never seen; `USAGE` when a method needs
  ///     other statistics than were collected
  public CalibrationTable table(CalibrationNeeds needs) {
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    for (CalibrationNeeds.Need need : needs.needs()) {
      Collector collector = collectors.get(need.value());
      if (collector == null) {
        continue;
      }
      if (collector.count() == 0) {
        throw OctetException.failure(
            "value-not-observed",
            "'" + need.value() + "'",
            "held no numbers in any of " + samples() + " samples",
            "leave it out of quantization, or give samples for which the model computes it",
            null);
      }
      try {
        entries.put(
            need.value(),
            new CalibrationTable.Entry(
                need.estimator().estimate(collector), need.method(), observation(collector)));
      } catch (IllegalArgumentException cause) {
        throw OctetException.usage(
            "statistics-missing",
            "'" + need.value() + "'",
            cause.getMessage() + " were kept",
            "calibrate again with this method");
      }
    }
    return new CalibrationTable(entries);
  }

  private CalibrationTable.Observation observation(Collector collector) {
    return new CalibrationTable.Observation(
        samples(),
        collector.count(),
        collector.observed(),
        Optional.of(
            new CalibrationTable.Provenance(
                witness(collector.minSample().orElseThrow()),
                witness(collector.maxSample().orElseThrow()))),
        collector instanceof HistogramCollector histogram
            ? Optional.of(histogram.histogram().spread())
            : Optional.<Spread>empty());
  }

  private CalibrationTable.Witness witness(long sample) {
    return new CalibrationTable.Witness(sample, names.getOrDefault(sample, ""));
  }
}
