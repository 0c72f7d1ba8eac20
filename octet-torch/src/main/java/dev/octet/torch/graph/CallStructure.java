package dev.octet.torch.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Names for the leaves of a returned structure, from PyTorch's tree specification.
final class CallStructure {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ROOT = "output";

  private CallStructure() {}

  /// One name for each of `count` results in order: dictionary keys and positions, joined by an
  /// underscore; `output` for a bare result, `output_0` and so on for a tuple's.
  ///
  /// @param outSpec tree specification as JSON text; `null` when unrecorded
  static List<String> leafNames(@Nullable String outSpec, int count) {
    List<String> names = new ArrayList<>();
    try {
      JsonNode root = outSpec == null ? MAPPER.missingNode() : MAPPER.readTree(outSpec);
      leaves(root.path(1), "", names);
    } catch (JsonProcessingException _) {
      names.clear();
    }
    if (names.size() != count || names.stream().distinct().count() != count) {
      names.clear();
      for (int i = 0; i < count; i++) {
        names.add(count == 1 ? ROOT : ROOT + "_" + i);
      }
    }
    return names;
  }

  private static void leaves(JsonNode spec, String path, List<String> names)
      throws JsonProcessingException {
    JsonNode children = spec.path("children_spec");
    if (spec.path("type").isNull() && children.isEmpty()) {
      names.add(path.isEmpty() ? ROOT : path);
      return;
    }
    JsonNode keys = MAPPER.readTree(spec.path("context").asText("null"));
    for (int i = 0; i < children.size(); i++) {
      JsonNode key = keys.path(i);
      String step = key.isTextual() ? key.textValue() : Integer.toString(i);
      String prefix = path.isEmpty() && !key.isTextual() ? ROOT : path;
      leaves(children.get(i), prefix.isEmpty() ? step : prefix + "_" + step, names);
    }
  }
}
