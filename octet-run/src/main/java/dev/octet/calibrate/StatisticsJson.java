package dev.octet.calibrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TinyScales;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.stats.Collector;
import dev.octet.stats.CollectorState;
import dev.octet.stats.Histogram;
import dev.octet.stats.Range;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// [SavedCalibration] as JSON.
///
/// ```json
/// {
///   "model" : "0123456789abcdef", "samples" : 128, "batchSize" : 32,
///   "covered" : [ [ 0, 64 ] ],
///   "names" : { "17" : "a.wav" },
///   "needs" : [ { "value" : "relu1", "method" : "mse", "grid" : { "type" : "UINT8", … } } ],
///   "collectors" : {
///     "relu1" : { "count" : 4096, "min" : 0.0, "minSample" : 0, "max" : 3.5, "maxSample" : 17,
///                 "binWidth" : 9.765625E-4, "firstBin" : 0, "bins" : 3585, "counts" : "…" }
///   }
/// }
/// ```
///
/// Counts are varints (7 bits a byte, least significant first, the top bit set on all but the last)
/// in Base64. A collector of extremes has no bins; one of a moving average has `constant`,
/// `settled` and `pending` instead.
final class StatisticsJson {
  private static final int MAX_BINS = 1 << 16;

  private StatisticsJson() {}

  static ObjectNode write(SavedCalibration saved, ObjectMapper json) {
    ObjectNode root = json.createObjectNode();
    root.put("model", saved.origin().model());
    root.put("samples", saved.origin().samples());
    root.put("batchSize", saved.origin().batchSize());
    ArrayNode covered = root.putArray("covered");
    saved
        .calibration()
        .covered()
        .forEach(span -> covered.addArray().add(span.first()).add(span.end()));
    ObjectNode names = root.putObject("names");
    saved.calibration().names().forEach((sample, name) -> names.put(sample.toString(), name));
    ArrayNode needs = root.putArray("needs");
    saved.needs().needs().forEach(need -> put(needs.addObject(), need));
    ObjectNode collectors = root.putObject("collectors");
    saved
        .calibration()
        .collectors()
        .forEach((name, collector) -> put(collectors.putObject(name), collector.state()));
    return root;
  }

  /// @throws IllegalArgumentException when something is missing or impossible
  static SavedCalibration read(JsonNode root) {
    List<Span> covered = new ArrayList<>();
    for (JsonNode span : root.path("covered")) {
      covered.add(new Span(number(span, 0), number(span, 1)));
    }
    SortedMap<Long, String> names = new TreeMap<>();
    root.path("names")
        .properties()
        .forEach(each -> names.put(Long.parseLong(each.getKey()), each.getValue().asText()));
    List<CalibrationNeeds.Need> needs = new ArrayList<>();
    root.path("needs").forEach(need -> needs.add(need(need)));
    Map<String, Collector> collectors = new LinkedHashMap<>();
    root.path("collectors")
        .properties()
        .forEach(each -> collectors.put(each.getKey(), collector(each.getKey(), each.getValue())));
    return new SavedCalibration(
        new SavedCalibration.Origin(
            text(root, "model"),
            number(root, "samples"),
            Math.toIntExact(number(root, "batchSize"))),
        new CalibrationNeeds(needs),
        new Calibration(covered, collectors, names));
  }

  private static void put(ObjectNode node, CalibrationNeeds.Need need) {
    GridRule rule = need.rule();
    node.put("value", need.value()).put("method", need.method().toString());
    node.putObject("grid")
        .put("type", rule.type().name())
        .put("symmetry", rule.symmetry().name())
        .put("span", rule.span().name())
        .put("minRealRange", rule.minRealRange())
        .put("real", rule.real().name())
        .put("tinyScales", rule.tinyScales().name());
  }

  private static CalibrationNeeds.Need need(JsonNode node) {
    JsonNode grid = node.path("grid");
    return new CalibrationNeeds.Need(
        text(node, "value"),
        CalibrationMethod.parse(text(node, "method"))
            .orElseThrow(() -> new IllegalArgumentException("no method " + node.path("method"))),
        new GridRule(
            QuantType.valueOf(text(grid, "type")),
            Symmetry.valueOf(text(grid, "symmetry")),
            CodeSpan.valueOf(text(grid, "span")),
            real(grid, "minRealRange"),
            RealType.valueOf(text(grid, "real")),
            TinyScales.valueOf(text(grid, "tinyScales"))));
  }

  private static void put(ObjectNode node, CollectorState state) {
    CollectorState.Extremes extremes = state.extremes();
    node.put("count", extremes.count());
    extremes
        .firstNonFinite()
        .ifPresent(
            first -> node.put("nonFinite", extremes.nonFinite()).put("firstNonFinite", first));
    extremes
        .seen()
        .ifPresent(
            seen ->
                node.put("min", seen.range().min())
                    .put("minSample", seen.minSample())
                    .put("max", seen.range().max())
                    .put("maxSample", seen.maxSample()));
    switch (state) {
      case CollectorState.MinMax _ -> {}
      case CollectorState.Counted(var _, Histogram histogram) ->
          node.put("binWidth", histogram.binWidth())
              .put("firstBin", histogram.firstBin())
              .put("bins", histogram.bins())
              .put("counts", packed(histogram));
      case CollectorState.Averaged averaged -> {
        node.put("constant", averaged.constant());
        averaged
            .settled()
            .ifPresent(
                settled ->
                    node.putObject("settled")
                        .put("before", settled.before())
                        .put("min", settled.min())
                        .put("max", settled.max()));
        ArrayNode pending = node.putArray("pending");
        averaged
            .pending()
            .forEach(
                each ->
                    pending
                        .addArray()
                        .add(each.sample())
                        .add(each.range().min())
                        .add(each.range().max()));
      }
    }
  }

  private static Collector collector(String name, JsonNode node) {
    try {
      return state(node).restored();
    } catch (IllegalArgumentException | ArithmeticException cause) {
      throw new IllegalArgumentException("value '" + name + "': " + cause.getMessage(), cause);
    }
  }

  private static CollectorState state(JsonNode node) {
    long count = number(node, "count");
    boolean nonFinite = node.has("nonFinite");
    CollectorState.Extremes extremes =
        new CollectorState.Extremes(
            count,
            nonFinite ? number(node, "nonFinite") : 0,
            nonFinite ? OptionalLong.of(number(node, "firstNonFinite")) : OptionalLong.empty(),
            count == 0
                ? Optional.empty()
                : Optional.of(
                    new CollectorState.Seen(
                        range(node.path("min"), node.path("max")),
                        number(node, "minSample"),
                        number(node, "maxSample"))));
    if (node.has("constant")) {
      return averaged(extremes, node);
    }
    return node.has("counts")
        ? new CollectorState.Counted(extremes, histogram(node, count))
        : new CollectorState.MinMax(extremes);
  }

  /// In memory a histogram may hold a part of the values; in a file it holds all.
  private static Histogram histogram(JsonNode node, long count) {
    Histogram histogram =
        new Histogram(
            real(node, "binWidth"), Math.toIntExact(number(node, "firstBin")), counts(node));
    if (histogram.total() != count) {
      throw new IllegalArgumentException(
          histogram.total() + " values in bins where " + count + " were seen");
    }
    return histogram;
  }

  private static CollectorState averaged(CollectorState.Extremes extremes, JsonNode node) {
    JsonNode settled = node.path("settled");
    List<CollectorState.Sampled> pending = new ArrayList<>();
    for (JsonNode each : node.path("pending")) {
      pending.add(new CollectorState.Sampled(number(each, 0), range(each.path(1), each.path(2))));
    }
    return new CollectorState.Averaged(
        extremes,
        real(node, "constant"),
        settled.isObject()
            ? Optional.of(
                new CollectorState.Settled(
                    number(settled, "before"), real(settled, "min"), real(settled, "max")))
            : Optional.empty(),
        pending);
  }

  private static String packed(Histogram histogram) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int bin = 0; bin < histogram.bins(); bin++) {
      long rest = histogram.count(bin);
      while (rest > 0x7F) {
        bytes.write((int) (rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static long[] counts(JsonNode node) {
    long bins = number(node, "bins");
    if (bins < 1 || bins > MAX_BINS) {
      throw new IllegalArgumentException(bins + " bins");
    }
    byte[] bytes = Base64.getDecoder().decode(text(node, "counts"));
    long[] counts = new long[(int) bins];
    int next = 0;
    for (int bin = 0; bin < bins; bin++) {
      int shift = 0;
      boolean more = true;
      while (more) {
        if (next == bytes.length || shift > 56) {
          throw new IllegalArgumentException("counts are cut short");
        }
        counts[bin] |= (long) (bytes[next] & 0x7F) << shift;
        more = bytes[next++] < 0;
        shift += 7;
      }
    }
    if (next != bytes.length) {
      throw new IllegalArgumentException("there are more counts than bins");
    }
    return counts;
  }

  private static Range range(JsonNode min, JsonNode max) {
    if (!min.isNumber() || !max.isNumber()) {
      throw new IllegalArgumentException("a range is missing");
    }
    return new Range(min.floatValue(), max.floatValue());
  }

  private static String text(JsonNode node, String field) {
    if (!node.path(field).isTextual()) {
      throw new IllegalArgumentException("'" + field + "' is missing");
    }
    return node.path(field).textValue();
  }

  private static long number(JsonNode node, String field) {
    return integral(node.path(field), "'" + field + "'");
  }

  private static long number(JsonNode array, int index) {
    return integral(array.path(index), "a number of a list");
  }

  private static long integral(JsonNode node, String what) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new IllegalArgumentException(what + " is missing");
    }
    return node.longValue();
  }

  private static double real(JsonNode node, String field) {
    if (!node.path(field).isNumber()) {
      throw new IllegalArgumentException("'" + field + "' is missing");
    }
    return node.path(field).doubleValue();
  }
}
