package dev.octet.calibrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import dev.octet.stats.RangeEstimator;
import dev.octet.stats.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/// Calibration caches of `onnxruntime.quantization` (its `save_tensors_data`, what
/// `quantize_static` takes as `calibration_cache_path`), read and written.
///
/// A cache says of each value the range decided on (`lowest`, `highest`) and of all of them one
/// method: `MinMax`, `Entropy`, `Percentile` or `Distribution`. The peer takes the range as it is,
/// whatever the method, so ranges of methods it does not have are written as `MinMax`. Method
/// `Distribution` also has the mean and the deviation (`avg`, `std`), and takes the scale from
/// these.
///
/// The peer keeps no extremes apart from ranges, no counts of samples and no percentage: read back,
/// extremes are the range, counts are 0 and the percentage is its usual 99.999. A range by channel
/// is read as the widest of them.
public final class PeerCalibrationFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FORMAT = "TensorsData";

  private PeerCalibrationFile() {}

  /// Whether a file is such a cache, and not a table of ours.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing or no JSON
  public static boolean isOne(Path file) {
    return JsonFile.read(file, JSON).path("CLS").asText().equals(FORMAT);
  }

  /// Reads a cache.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing or holds none, naming the value
  ///     that is wrong
  public static CalibrationTable read(Path file) {
    JsonNode root = JsonFile.read(file, JSON);
    if (!root.path("CLS").asText().equals(FORMAT) || !root.path("data").isObject()) {
      throw bad(file, "is no cache of onnxruntime.quantization: its CLS is not '" + FORMAT + "'");
    }
    CalibrationMethod method = method(file, root.path("calibration_method"));
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    root.path("data")
        .properties()
        .forEach(
            each ->
                entries.put(each.getKey(), entry(file, each.getKey(), each.getValue(), method)));
    return new CalibrationTable(entries);
  }

  /// Writes a cache, replacing the file once it is whole.
  ///
  /// @throws OctetException `FAILURE` when the file cannot be written; `USAGE` when only some of
  ///     the ranges are by distribution, which a cache cannot say
  public static void write(CalibrationTable table, Path file) {
    ObjectNode root = JSON.createObjectNode().put("CLS", FORMAT);
    root.set("data", data(table));
    root.putObject("calibration_method")
        .put("CLS", "CalibrationMethod")
        .put("value", "CalibrationMethod." + methodName(table));
    root.put("smooth_quant", false);
    WholeFile.write(root.toString(), file);
  }

  /// Values with `lowest` and `highest`, as in a cache.
  static ObjectNode data(CalibrationTable table) {
    ObjectNode data = JSON.createObjectNode();
    table
        .entries()
        .forEach(
            (name, entry) -> {
              ObjectNode value = data.putObject(name);
              boolean byDeviation = entry.method() instanceof CalibrationMethod.Distribution;
              Range range = byDeviation ? entry.observed().extremes() : entry.range();
              put(value, "lowest", range.min());
              put(value, "highest", range.max());
              if (byDeviation) {
                Spread spread = entry.observed().spread().orElse(new Spread(0, 0));
                put(value, "avg", (float) spread.mean());
                put(value, "std", (float) spread.std());
              }
              value.put("CLS", "TensorData");
            });
    return data;
  }

  private static void put(ObjectNode value, String field, float number) {
    value
        .putObject(field)
        .put("data", (double) number)
        .put("dtype", "float32")
        .put("CLS", "numpy.array");
  }

  private static String methodName(CalibrationTable table) {
    Set<String> names = new LinkedHashSet<>();
    table.entries().values().forEach(entry -> names.add(methodName(entry.method())));
    if (names.size() == 1) {
      return names.iterator().next();
    }
    if (names.contains("Distribution")) {
      throw OctetException.usage(
          "cache-of-two-kinds",
          "the calibration table",
          "has ranges by distribution and by " + names,
          "a cache of onnxruntime.quantization is of one method");
    }
    return "MinMax";
  }

  private static String methodName(CalibrationMethod method) {
    return switch (method) {
      case CalibrationMethod.Percentile _ -> "Percentile";
      case CalibrationMethod.Entropy _ -> "Entropy";
      case CalibrationMethod.Distribution _ -> "Distribution";
      case CalibrationMethod.MinMax _,
          CalibrationMethod.MovingAverage _,
          CalibrationMethod.LeastError _,
          CalibrationMethod.LeastAbsoluteError _ ->
          "MinMax";
    };
  }

  private static CalibrationMethod method(Path file, JsonNode node) {
    String name = node.isTextual() ? node.asText() : node.path("value").asText();
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "MinMax" -> CalibrationMethod.minMax();
      case "Entropy" -> CalibrationMethod.entropy();
      case "Percentile" -> CalibrationMethod.percentile(CalibrationMethod.USUAL_PERCENT);
      case "Distribution" -> CalibrationMethod.distribution();
      default -> throw bad(file, "has no known calibration method: " + node);
    };
  }

  private static CalibrationTable.Entry entry(
      Path file, String name, JsonNode value, CalibrationMethod method) {
    try {
      List<Float> lowest = numbers(value.path("lowest"));
      List<Float> highest = numbers(value.path("highest"));
      Range extremes =
          new Range(
              lowest.stream().min(Float::compare).orElseThrow(),
              highest.stream().max(Float::compare).orElseThrow());
      Optional<Spread> spread =
          value.has("avg") && value.has("std")
              ? Optional.of(
                  new Spread(
                      numbers(value.path("avg")).getFirst(), numbers(value.path("std")).getFirst()))
              : Optional.empty();
      Range range =
          method instanceof CalibrationMethod.Distribution
              ? RangeEstimator.Distribution.range(spread.orElseThrow())
              : extremes;
      return new CalibrationTable.Entry(
          range,
          method,
          new CalibrationTable.Observation(0, 0, extremes, Optional.empty(), spread));
    } catch (IllegalArgumentException | NoSuchElementException cause) {
      throw bad(file, "value '" + name + "' has no numbers as its range, mean and deviation");
    }
  }

  /// A number, or an array of any rank, bare or as the peer writes arrays.
  ///
  /// @throws IllegalArgumentException when there is none
  private static List<Float> numbers(JsonNode node) {
    List<Float> numbers = new ArrayList<>();
    collect(node.isObject() ? node.path("data") : node, numbers);
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("no numbers");
    }
    return numbers;
  }

  private static void collect(JsonNode node, List<Float> into) {
    if (node.isArray()) {
      node.forEach(each -> collect(each, into));
    } else if (node.isNumber()) {
      into.add(node.floatValue());
    } else {
      throw new IllegalArgumentException("not a number: " + node);
    }
  }

  private static OctetException bad(Path file, String message) {
    return OctetException.badInput(
        "calibration-bad",
        file.toString(),
        message,
        "expected what save_tensors_data of onnxruntime.quantization writes");
  }
}
