package dev.octet.torch.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.octet.diagnostic.OctetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A place in a JSON document of an archive. Asking it for something it is not is bad input, and
/// the failure says where.
///
/// @param file archive and entry, for messages
/// @param path keys and indices from the document's root
/// @param node what is there
record Json(String file, String path, JsonNode node) {
  // PyTorch before 2.6 wrote Infinity as a number.
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  static Json parse(String file, String text) {
    try {
      JsonNode root = MAPPER.readTree(text);
      return new Json(file, "", root);
    } catch (JsonProcessingException e) {
      throw OctetException.badInput(
          "pt2-json",
          file,
          "not valid JSON at line %d, column %d"
              .formatted(
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 0 : e.getLocation().getColumnNr()),
          Pt2Hints.FETCH_AGAIN,
          e);
    }
  }

  /// What is under `key`, which must be there and not null.
  Json field(String key) {
    return optional(key).orElseThrow(() -> broken("lacks \"" + key + "\""));
  }

  /// What is under `key`; empty when absent or null.
  Optional<Json> optional(String key) {
    if (!node.isObject()) {
      throw broken("is no object");
    }
    JsonNode child = node.get(key);
    return child == null || child.isNull()
        ? Optional.empty()
        : Optional.of(new Json(file, path + "/" + key, child));
  }

  /// Reads every element of an array.
  <T> List<T> list(Function<Json, T> read) {
    if (!node.isArray()) {
      throw broken("is no array");
    }
    List<T> elements = new ArrayList<>(node.size());
    for (int index = 0; index < node.size(); index++) {
      elements.add(read.apply(new Json(file, path + "/" + index, node.get(index))));
    }
    return elements;
  }

  /// Reads every value of an object, keys in file order.
  <T> Map<String, T> map(Function<Json, T> read) {
    if (!node.isObject()) {
      throw broken("is no object");
    }
    Map<String, T> entries = new LinkedHashMap<>();
    node.properties()
        .forEach(
            entry ->
                entries.put(
                    entry.getKey(),
                    read.apply(new Json(file, path + "/" + entry.getKey(), entry.getValue()))));
    return entries;
  }

  /// The one key of a union object that is set.
  Json variant() {
    if (!node.isObject()) {
      throw broken("is no object");
    }
    List<String> set =
        node.properties().stream()
            .filter(entry -> !entry.getValue().isNull())
            .map(Map.Entry::getKey)
            .toList();
    if (set.size() != 1) {
      throw broken("must have exactly one key, has " + set);
    }
    return field(set.getFirst());
  }

  /// Last key of the path.
  String key() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  String text() {
    if (!node.isTextual()) {
      throw broken("is no text");
    }
    return node.textValue();
  }

  long integer() {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw broken("is no 64-bit integer");
    }
    return node.longValue();
  }

  boolean bool() {
    if (!node.isBoolean()) {
      throw broken("is neither true nor false");
    }
    return node.booleanValue();
  }

  boolean isInfinite() {
    return node.isFloatingPointNumber() && Double.isInfinite(node.doubleValue());
  }

  /// A number; the file writes the non-finite ones as text.
  double number() {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return switch (node.isTextual() ? node.textValue() : "") {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> throw broken("is no number");
    };
  }

  OctetException broken(String message) {
    return OctetException.badInput(
        "pt2-schema",
        file,
        (path.isEmpty() ? "the document" : path) + " " + message,
        "the file is damaged, or of a schema this version of Octet does not know");
  }
}
