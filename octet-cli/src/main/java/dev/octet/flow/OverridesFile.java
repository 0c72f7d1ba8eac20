package dev.octet.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme.Layer;
import dev.octet.plan.QuantizationScheme.Scope;
import dev.octet.plan.StatedGrid;
import dev.octet.plan.TypeConversion;
import dev.octet.stats.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Choices for single tensors as a JSON file.
///
/// ```json
/// {
///   "conv1.weight" : { "type" : "int8", "axis" : 0 },
///   "logits" : { "type" : "uint16", "min" : -4, "max" : 4 },
///   "x" : { "convert" : { "type" : "uint16", "readers" : ["attention*"] } }
/// }
/// ```
///
/// Keys are names or globs. Every mistake in the file is told at once.
public final class OverridesFile {
  private static final Set<String> FIELDS =
      Set.of(
          "type",
          "symmetric",
          "reduceRange",
          "min",
          "max",
          "scale",
          "zeroPoint",
          "axis",
          "convert");

  private final Path file;
  private final List<Diagnostic> mistakes = new ArrayList<>();

  private OverridesFile(Path file) {
    this.file = file;
  }

  /// @throws OctetException (BAD_INPUT) when the file is missing or is not of this form, listing
  ///     everything wrong with it
  public static List<Layer> read(Path file) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw OctetException.badInput(
          "overrides-bad", file.toString(), "is no JSON: " + e.getOriginalMessage(), "");
    } catch (IOException e) {
      throw OctetException.badInput(
          "overrides-bad", file.toString(), "cannot be read: " + e.getMessage(), "", e);
    }
    if (!root.isObject()) {
      throw OctetException.badInput(
          "overrides-bad",
          file.toString(),
          "is no JSON object",
          "expected {\"tensor\": {\"type\": \"int8\"}}");
    }
    OverridesFile reading = new OverridesFile(file);
    List<Layer> layers = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      layers.add(
          new Layer(
              Scope.TENSOR, entry.getKey(), reading.policy(entry.getKey(), entry.getValue())));
    }
    if (!reading.mistakes.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, reading.mistakes, null);
    }
    return layers;
  }

  private Policy policy(String tensor, JsonNode node) {
    Policy policy = Policy.OPEN;
    if (!node.isObject()) {
      mistake(tensor, "is no JSON object");
      return policy;
    }
    node.properties().stream()
        .map(Map.Entry::getKey)
        .filter(field -> !FIELDS.contains(field))
        .forEach(field -> mistake(tensor, "has no field '" + field + "'"));
    Optional<QuantType> type = type(tensor, node);
    if (type.isPresent()) {
      policy = policy.withActivationType(type.get()).withWeightType(type.get());
    }
    if (node.has("symmetric")) {
      Symmetry symmetry =
          flag(tensor, node, "symmetric") ? Symmetry.SYMMETRIC : Symmetry.ASYMMETRIC;
      policy = policy.withActivationSymmetry(symmetry).withWeightSymmetry(symmetry);
    }
    if (node.has("reduceRange")) {
      policy =
          policy.withSpan(flag(tensor, node, "reduceRange") ? CodeSpan.REDUCED : CodeSpan.FULL);
    }
    if (node.has("axis")) {
      if (node.get("axis").canConvertToInt()) {
        policy = policy.withAxis(node.get("axis").intValue());
      } else {
        mistake(tensor, "'axis' is no whole number");
      }
    }
    Optional<StatedGrid> grid = grid(tensor, node);
    if (grid.isPresent()) {
      policy = policy.withStated(grid.get());
    }
    if (node.has("convert")) {
      Optional<TypeConversion> conversion = conversion(tensor, node.get("convert"));
      if (conversion.isPresent()) {
        policy = policy.withConversion(conversion.get());
      }
    }
    return policy;
  }

  private Optional<TypeConversion> conversion(String tensor, JsonNode node) {
    Optional<QuantType> type = type(tensor, node);
    if (type.isEmpty()) {
      mistake(tensor, "'convert' names no type");
      return Optional.empty();
    }
    List<String> readers = new ArrayList<>();
    node.path("readers").forEach(reader -> readers.add(reader.asText()));
    return Optional.of(new TypeConversion(type.get(), null, null, readers));
  }

  private Optional<QuantType> type(String tensor, JsonNode node) {
    if (!node.has("type")) {
      return Optional.empty();
    }
    String name = node.get("type").asText().toUpperCase(Locale.ROOT);
    for (QuantType type : QuantType.values()) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    mistake(tensor, "'" + node.get("type").asText() + "' is no type codes can have");
    return Optional.empty();
  }

  private Optional<StatedGrid> grid(String tensor, JsonNode node) {
    if (node.has("scale") != node.has("zeroPoint") || node.has("min") != node.has("max")) {
      mistake(tensor, "states half a grid: 'scale' goes with 'zeroPoint', 'min' with 'max'");
      return Optional.empty();
    }
    if (node.has("scale") && node.has("min")) {
      mistake(tensor, "states both a range and a scale");
      return Optional.empty();
    }
    try {
      if (node.has("scale")) {
        List<Double> scales = numbers(tensor, node, "scale");
        List<Double> zeros = numbers(tensor, node, "zeroPoint");
        requireAlike(scales, zeros);
        List<ScaleChoice> grids = new ArrayList<>();
        for (int i = 0; i < scales.size(); i++) {
          grids.add(new ScaleChoice(scales.get(i).floatValue(), zeros.get(i).intValue()));
        }
        return Optional.of(new StatedGrid.Scales(grids));
      }
      if (node.has("min")) {
        List<Double> lows = numbers(tensor, node, "min");
        List<Double> highs = numbers(tensor, node, "max");
        requireAlike(lows, highs);
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < lows.size(); i++) {
          ranges.add(new Range(lows.get(i).floatValue(), highs.get(i).floatValue()));
        }
        return Optional.of(new StatedGrid.Ranges(ranges));
      }
    } catch (IllegalArgumentException e) {
      mistake(tensor, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  private static void requireAlike(List<Double> left, List<Double> right) {
    if (left.size() != right.size()) {
      throw new IllegalArgumentException(
          "states " + left.size() + " of one and " + right.size() + " of the other");
    }
  }

  /// A number, or one for each channel.
  private List<Double> numbers(String tensor, JsonNode node, String field) {
    List<Double> numbers = new ArrayList<>();
    JsonNode value = node.get(field);
    Iterable<JsonNode> each = value.isArray() ? value : List.of(value);
    for (JsonNode one : each) {
      if (!one.isNumber()) {
        mistake(tensor, "'" + field + "' holds something that is no number");
      }
      numbers.add(one.asDouble());
    }
    return numbers;
  }

  private boolean flag(String tensor, JsonNode node, String field) {
    if (!node.get(field).isBoolean()) {
      mistake(tensor, "'" + field + "' is neither true nor false");
    }
    return node.get(field).asBoolean();
  }

  private void mistake(String tensor, String message) {
    mistakes.add(new Diagnostic("overrides-bad", file + ", tensor '" + tensor + "'", message, ""));
  }
}
