package dev.octet.calibrate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.octet.diagnostic.Diagnostic;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.NearNames;
import dev.octet.plan.Policy;
import dev.octet.plan.StatedGrid;
import dev.octet.plan.Treatment;
import dev.octet.plan.TypeConversion;
import dev.octet.plan.WeightGranularity;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one policy of an [OverridesFile], noting everything that means nothing.
final class PolicyJson {
  private static final List<String> FIELDS =
      List.of(
          "float",
          "type",
          "symmetric",
          "reduceRange",
          "granularity",
          "minRealRange",
          "min",
          "max",
          "scale",
          "zeroPoint",
          "channels",
          "axis",
          "convert");
  private static final List<String> CONVERSION_FIELDS =
      List.of("type", "symmetric", "min", "max", "scale", "zeroPoint", "readers");
  private static final List<String> GRID_FIELDS = List.of("min", "max", "scale", "zeroPoint");

  private final String place;
  private final List<Diagnostic> found;

  PolicyJson(String place, List<Diagnostic> found) {
    this.place = place;
    this.found = found;
  }

  Policy read(JsonNode json) {
    requireFields(json, FIELDS);
    Policy.Builder policy = Policy.builder();
    flag(json, "float")
        .ifPresent(kept -> policy.treatment(kept ? Treatment.FLOAT : Treatment.QUANTIZE));
    type(json).ifPresent(type -> policy.activationType(type).weightType(type));
    symmetry(json).ifPresent(how -> policy.activationSymmetry(how).weightSymmetry(how));
    flag(json, "reduceRange")
        .ifPresent(reduced -> policy.span(reduced ? CodeSpan.REDUCED : CodeSpan.FULL));
    granularity(json).ifPresent(policy::granularity);
    if (number(json, "minRealRange")) {
      policy.minimumRealRange(json.get("minRealRange").doubleValue());
    }
    if (number(json, "axis")) {
      policy.axis(json.get("axis").intValue());
    }
    StatedGrid stated = json.has("channels") ? channels(json) : grid(json).orElse(null);
    if (stated != null) {
      policy.stated(stated);
    }
    if (json.has("convert")) {
      JsonNode convert = json.get("convert");
      for (JsonNode one : convert.isArray() ? convert : List.of(convert)) {
        conversion(one).ifPresent(policy::conversion);
      }
    }
    return policy.build();
  }

  private Optional<TypeConversion> conversion(JsonNode json) {
    requireFields(json, CONVERSION_FIELDS);
    Optional<QuantType> type = type(json);
    if (type.isEmpty()) {
      mistake("a conversion has no type", "give 'convert' a 'type'");
      return Optional.empty();
    }
    List<String> readers = new ArrayList<>();
    for (JsonNode reader : json.path("readers")) {
      readers.add(reader.asText());
    }
    if (json.has("readers") && readers.isEmpty()) {
      mistake("'readers' is no list of node patterns", "leave it out to convert for all");
    }
    return Optional.of(
        new TypeConversion(
            type.get(), symmetry(json).orElse(null), grid(json).orElse(null), readers));
  }

  private @Nullable StatedGrid channels(JsonNode json) {
    if (grid(json).isPresent() || !json.get("channels").isArray()) {
      mistake(
          "'channels' is no list, or stands beside a range or scale of the whole tensor",
          "state either one for all or a list with one for each channel");
      return null;
    }
    List<Range> ranges = new ArrayList<>();
    List<ScaleChoice> scales = new ArrayList<>();
    for (JsonNode channel : json.get("channels")) {
      requireFields(channel, GRID_FIELDS);
      switch (grid(channel).orElse(null)) {
        case StatedGrid.Ranges(List<Range> one) -> ranges.addAll(one);
        case StatedGrid.Scales(List<ScaleChoice> one) -> scales.addAll(one);
        case null -> mistake("a channel has neither a range nor a scale", "give it one of them");
      }
    }
    if (!ranges.isEmpty() && !scales.isEmpty()) {
      mistake("some channels have ranges and some have scales", "use the same for all");
      return null;
    }
    return ranges.isEmpty() ? new StatedGrid.Scales(scales) : new StatedGrid.Ranges(ranges);
  }

  /// `min` and `max`, or `scale` and `zeroPoint`: two of a kind or none.
  private Optional<StatedGrid> grid(JsonNode json) {
    boolean low = number(json, "min");
    boolean high = number(json, "max");
    boolean size = number(json, "scale");
    boolean zero = number(json, "zeroPoint");
    boolean range = low && high;
    boolean scale = size && zero;
    if ((!range && (json.has("min") || json.has("max")))
        || (!scale && (json.has("scale") || json.has("zeroPoint")))
        || (range && scale)) {
      mistake(
          "a grid is half stated, or stated twice",
          "state 'min' and 'max', or 'scale' and 'zeroPoint'");
      return Optional.empty();
    }
    try {
      if (range) {
        return Optional.of(
            new StatedGrid.Ranges(
                List.of(new Range(json.get("min").floatValue(), json.get("max").floatValue()))));
      }
      if (scale) {
        ScaleChoice choice =
            new ScaleChoice(json.get("scale").floatValue(), json.get("zeroPoint").intValue());
        return Optional.of(new StatedGrid.Scales(List.of(choice)));
      }
    } catch (IllegalArgumentException impossible) {
      mistake(String.valueOf(impossible.getMessage()), "state finite numbers, a scale above 0");
    }
    return Optional.empty();
  }

  private Optional<WeightGranularity> granularity(JsonNode json) {
    JsonNode value = json.path("granularity");
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (value.isIntegralNumber()) {
      return Optional.of(WeightGranularity.perBlock(value.intValue()));
    }
    Map<String, WeightGranularity> words =
        Map.of(
            "per-tensor", WeightGranularity.PER_TENSOR,
            "per-channel", WeightGranularity.PER_CHANNEL);
    Optional<WeightGranularity> granularity = Optional.ofNullable(words.get(value.asText()));
    if (granularity.isEmpty()) {
      mistake(
          "granularity " + value + " is none",
          "use \"per-tensor\", \"per-channel\" or the size of a block");
    }
    return granularity;
  }

  private Optional<QuantType> type(JsonNode json) {
    if (!json.has("type")) {
      return Optional.empty();
    }
    String word = json.get("type").asText().toUpperCase(Locale.ROOT);
    for (QuantType type : QuantType.values()) {
      if (type.name().equals(word) && type != QuantType.INT32) {
        return Optional.of(type);
      }
    }
    mistake(
        "type " + json.get("type") + " is none",
        "use uint8, int8, uint16, int16, uint4, int4 or float8e4m3fn");
    return Optional.empty();
  }

  private Optional<Symmetry> symmetry(JsonNode json) {
    return flag(json, "symmetric")
        .map(symmetric -> symmetric ? Symmetry.SYMMETRIC : Symmetry.ASYMMETRIC);
  }

  private Optional<Boolean> flag(JsonNode json, String field) {
    if (!json.has(field)) {
      return Optional.empty();
    }
    if (!json.get(field).isBoolean()) {
      mistake("'" + field + "' is neither true nor false", "write it without quotes");
      return Optional.empty();
    }
    return Optional.of(json.get(field).booleanValue());
  }

  private boolean number(JsonNode json, String field) {
    if (json.has(field) && !json.get(field).isNumber()) {
      mistake("'" + field + "' is no number", "write it without quotes");
    }
    return json.path(field).isNumber();
  }

  private void requireFields(JsonNode json, List<String> known) {
    if (!json.isObject()) {
      mistake("is no object of fields", "write { \"field\" : value }");
      return;
    }
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (!known.contains(field.getKey())) {
        List<String> near = NearNames.of(field.getKey(), known);
        mistake(
            "'" + field.getKey() + "' is no field",
            near.isEmpty()
                ? "the fields are " + String.join(", ", known)
                : "did you mean " + String.join(" or ", near) + "?");
      }
    }
  }

  private void mistake(String message, String hint) {
    found.add(new Diagnostic("overrides-bad", place, message, hint));
  }
}
