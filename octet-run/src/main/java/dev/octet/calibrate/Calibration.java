package dev.octet.calibrate;

import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Collector;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What one pass over the samples has seen. Several estimators can decide from it without another
/// pass, as far as its collectors hold what they need.
///
/// @param samples samples run
/// @param collectors statistics by name of the value, in the order asked for
public record Calibration(long samples, Map<String, Collector> collectors) {
  public Calibration {
    collectors = Collections.unmodifiableMap(new LinkedHashMap<>(collectors));
  }

  /// Decides the ranges.
  ///
  /// @param needs the values observed, with the methods to use; these may be other methods than
  ///     those collected for, if they need no more
  /// @throws OctetException `FAILURE` when a value was never seen
  public CalibrationTable table(CalibrationNeeds needs) {
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    for (CalibrationNeeds.Need need : needs.needs()) {
      Collector collector = collectors.get(need.value());
      if (collector == null || collector.count() == 0) {
        throw OctetException.failure(
            "value-not-observed",
            "'" + need.value() + "'",
            "held no numbers in any of " + samples + " samples",
            "leave it out of quantization",
            null);
      }
      CalibrationTable.Observation observed =
          new CalibrationTable.Observation(samples, collector.count(), collector.observed());
      entries.put(
          need.value(),
          new CalibrationTable.Entry(
              need.estimator().estimate(collector), need.method(), observed));
    }
    return new CalibrationTable(entries);
  }
}
