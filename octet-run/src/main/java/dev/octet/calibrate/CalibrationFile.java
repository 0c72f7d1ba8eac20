package dev.octet.calibrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/// Calibration tables as JSON files. Floats are written so that reading gives the same bits.
///
/// ```json
/// {
///   "format" : "octet-calibration-1",
///   "values" : {
///     "relu1" : {
///       "min" : 0.0, "max" : 3.5, "method" : "percentile:99.99",
///       "observed" : { "samples" : 128, "elements" : 512000, "min" : 0.0, "max" : 4.25 }
///     }
///   }
/// }
/// ```
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
    ObjectNode values = root.putObject("values");
    table
        .entries()
        .forEach(
            (name, entry) -> {
              ObjectNode value = values.putObject(name);
              putRange(value, entry.range());
              value.put("method", entry.method().toString());
              ObjectNode observed = value.putObject("observed");
              observed.put("samples", entry.observed().samples());
              observed.put("elements", entry.observed().elements());
              putRange(observed, entry.observed().extremes());
            });
    Path target = file.toAbsolutePath();
    try {
      byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
      Path draft = target.resolveSibling("." + target.getFileName() + ".part");
      try {
        Files.write(draft, text);
        Files.move(
            draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException cause) {
      throw OctetException.failure(
          "not-writable",
          file.toString(),
          "cannot be written: " + cause.getMessage(),
          "choose a folder that exists and can be written to",
          cause);
    }
  }

  /// Reads a table.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing or holds no such table, naming the
  ///     value that is wrong
  public static CalibrationTable read(Path file) {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException cause) {
      throw bad(file, "does not exist");
    } catch (JsonProcessingException cause) {
      throw bad(file, "is no JSON: " + cause.getOriginalMessage());
    } catch (IOException cause) {
      throw bad(file, "cannot be read: " + cause.getMessage());
    }
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
            range(file, name, observed)));
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

  private static void putRange(ObjectNode into, Range range) {
    into.put("min", range.min()).put("max", range.max());
  }

  private static OctetException bad(Path file, String message) {
    return OctetException.badInput(
        "calibration-bad", file.toString(), message, "expected a table written by calibration");
  }
}
