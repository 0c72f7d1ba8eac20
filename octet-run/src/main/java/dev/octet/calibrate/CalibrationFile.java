package dev.octet.calibrate;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import dev.octet.stats.Spread;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Calibration tables, and the statistics they were decided from, as JSON files. Numbers are
/// written so that reading gives the same bits.
///
/// ```json
/// {
///   "format" : "octet-calibration-1",
///   "values" : {
///     "relu1" : {
///       "min" : 0.0, "max" : 3.5, "method" : "percentile:99.99",
///       "observed" : {
///         "samples" : 128, "elements" : 512000, "min" : 0.0, "max" : 4.25,
///         "minSample" : { "index" : 0, "name" : "a.wav" },
///         "maxSample" : { "index" : 77, "name" : "b.wav" },
///         "mean" : 0.5, "std" : 1.25
///       }
///     }
///   },
///   "statistics" : { "model" : "…", "samples" : 128, … }
/// }
/// ```
///
/// `statistics` is there where the table may be merged with others or gone on from, see
/// [StatisticsJson]; a file of progress has it and no `values`.
public final class CalibrationFile {
  private static final String FORMAT = "octet-calibration-1";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private CalibrationFile() {}

  /// Writes a table, replacing the file once it is whole.
  ///
  /// @throws OctetException `FAILURE` when the file cannot be written
  public static void write(CalibrationTable table, Path file) {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    putValues(root, table);
    JsonFile.write(root, file);
  }

  /// Writes statistics with the table they give.
  ///
  /// @throws OctetException `FAILURE` when the file cannot be written, or a value was never seen
  public static void write(SavedCalibration saved, Path file) {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    putValues(root, saved.table());
    root.set("statistics", StatisticsJson.write(saved, JSON));
    JsonFile.write(root, file);
  }

  /// Writes statistics alone: the progress of a run, or what a part of it has seen.
  ///
  /// @throws OctetException `FAILURE` when the file cannot be written
  static void writeProgress(SavedCalibration saved, Path file) {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    root.putObject("values");
    root.set("statistics", StatisticsJson.write(saved, JSON));
    JsonFile.write(root, file);
  }

  /// Reads statistics.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing or holds none, naming what is
  ///     wrong
  public static SavedCalibration readStatistics(Path file) {
    JsonNode root = JsonFile.read(file, JSON);
    if (!root.path("format").asText().equals(FORMAT)) {
      throw bad(file, "is no calibration: its format is not '" + FORMAT + "'");
    }
    if (!root.path("statistics").isObject()) {
      throw bad(file, "holds a table only, no statistics to merge or go on from");
    }
    try {
      return StatisticsJson.read(root.path("statistics"));
    } catch (IllegalArgumentException | ArithmeticException cause) {
      throw bad(file, "has impossible statistics: " + cause.getMessage());
    }
  }

  /// Reads a table of either kind: ours, or a cache of `onnxruntime.quantization`
  /// ([PeerCalibrationFile]).
  ///
  /// @throws OctetException as [#read] and [PeerCalibrationFile#read]
  public static CalibrationTable readAny(Path file) {
    return PeerCalibrationFile.isOne(file) ? PeerCalibrationFile.read(file) : read(file);
  }

  /// Reads a table.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing or holds no such table, naming the
  ///     value that is wrong
  public static CalibrationTable read(Path file) {
    JsonNode root = JsonFile.read(file, JSON);
    if (!root.path("format").asText().equals(FORMAT) || !root.path("values").isObject()) {
      throw bad(file, "is no calibration table: its format is not '" + FORMAT + "'");
    }
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    root.path("values")
        .properties()
        .forEach(
            value -> entries.put(value.getKey(), entry(file, value.getKey(), value.getValue())));
    return new CalibrationTable(entries);
  }

  private static CalibrationTable.Entry entry(Path file, String name, JsonNode value) {
    JsonNode observed = value.path("observed");
    CalibrationMethod method =
        CalibrationMethod.parse(value.path("method").asText())
            .orElseThrow(() -> bad(file, "value '" + name + "' has no known method"));
    if (!observed.path("samples").isIntegralNumber()
        || !observed.path("elements").isIntegralNumber()) {
      throw bad(file, "value '" + name + "' does not say how much was observed");
    }
    return new CalibrationTable.Entry(
        range(file, name, value),
        method,
        new CalibrationTable.Observation(
            observed.path("samples").asLong(),
            observed.path("elements").asLong(),
            range(file, name, observed),
            provenance(observed),
            spread(file, name, observed)));
  }

  private static Optional<CalibrationTable.Provenance> provenance(JsonNode observed) {
    JsonNode smallest = observed.path("minSample");
    JsonNode largest = observed.path("maxSample");
    return smallest.path("index").isIntegralNumber() && largest.path("index").isIntegralNumber()
        ? Optional.of(new CalibrationTable.Provenance(witness(smallest), witness(largest)))
        : Optional.empty();
  }

  private static CalibrationTable.Witness witness(JsonNode node) {
    return new CalibrationTable.Witness(node.path("index").asLong(), node.path("name").asText());
  }

  private static Optional<Spread> spread(Path file, String name, JsonNode observed) {
    JsonNode mean = observed.path("mean");
    JsonNode std = observed.path("std");
    if (!mean.isNumber() || !std.isNumber()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Spread(mean.doubleValue(), std.doubleValue()));
    } catch (IllegalArgumentException cause) {
      throw bad(file, "value '" + name + "' has an impossible mean or deviation");
    }
  }

  private static Range range(Path file, String name, JsonNode holder) {
    JsonNode min = holder.path("min");
    JsonNode max = holder.path("max");
    if (!min.isNumber() || !max.isNumber()) {
      throw bad(file, "value '" + name + "' has no numbers as min and max");
    }
    try {
      return new Range(min.floatValue(), max.floatValue());
    } catch (IllegalArgumentException cause) {
      throw bad(file, "value '" + name + "' has an impossible range " + min + " to " + max);
    }
  }

  private static void putValues(ObjectNode root, CalibrationTable table) {
    ObjectNode values = root.putObject("values");
    table.entries().forEach((name, entry) -> put(values.putObject(name), entry));
  }

  private static void put(ObjectNode value, CalibrationTable.Entry entry) {
    putRange(value, entry.range());
    value.put("method", entry.method().toString());
    ObjectNode observed = value.putObject("observed");
    observed.put("samples", entry.observed().samples());
    observed.put("elements", entry.observed().elements());
    putRange(observed, entry.observed().extremes());
    entry
        .observed()
        .provenance()
        .ifPresent(
            from -> {
              put(observed.putObject("minSample"), from.smallest());
              put(observed.putObject("maxSample"), from.largest());
            });
    entry
        .observed()
        .spread()
        .ifPresent(spread -> observed.put("mean", spread.mean()).put("std", spread.std()));
  }

  private static void put(ObjectNode node, CalibrationTable.Witness witness) {
    node.put("index", witness.sample()).put("name", witness.name());
  }

  private static void putRange(ObjectNode into, Range range) {
    into.put("min", range.min()).put("max", range.max());
  }

  private static OctetException bad(Path file, String message) {
    return OctetException.badInput(
        "calibration-bad", file.toString(), message, "expected a table written by calibration");
  }
}
