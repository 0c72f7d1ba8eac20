package dev.octet.calibrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.plan.QuantizationScheme.Layer;
import dev.octet.plan.QuantizationScheme.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a scheme says of single operators, nodes and tensors, as a JSON file: patterns with
/// policies, later ones laid over earlier ones.
///
/// ```json
/// {
///   "operators" : { "MatMul" : { "granularity" : "per-tensor" } },
///   "nodes" : { "head/*" : { "float" : true } },
///   "tensors" : {
///     "x" : { "type" : "uint16", "symmetric" : false, "min" : -1, "max" : 1 },
///     "w" : { "type" : "int8", "reduceRange" : true, "axis" : 0,
///             "channels" : [ { "scale" : 0.01, "zeroPoint" : 0 },
///                            { "scale" : 0.02, "zeroPoint" : 0 } ] },
///     "c" : { "convert" : { "type" : "uint16", "symmetric" : false, "readers" : [ "head/*" ] } }
///   }
/// }
/// ```
///
/// | field | meaning |
/// |---|---|
/// | `float` | `true`: stays in float |
/// | `type` | `uint8` `int8` `uint16` `int16` `uint4` `int4` `float8e4m3fn` |
/// | `symmetric`, `reduceRange` | as the command line's options |
/// | `granularity` | `per-tensor`, `per-channel`, or a number: elements of a block |
/// | `minRealRange` | least width of a range |
/// | `min` and `max`, or `scale` and `zeroPoint` | of a tensor; or a list of them in `channels` |
/// | `axis` | of a constant's channels or blocks |
/// | `convert` | one conversion or a list; without `readers` it is for all |
public final class OverridesFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Scope> SCOPES =
      Map.of("operators", Scope.OP_TYPE, "nodes", Scope.NODE, "tensors", Scope.TENSOR);

  private OverridesFile() {}

  /// Reads what a scheme is to be built with (`QuantizationScheme.Builder#layers`).
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing or no JSON, or listing everything
  ///     in it that means nothing
  public static List<Layer> read(Path file) {
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
    if (!root.isObject()) {
      throw bad(file, "holds no object of 'operators', 'nodes' and 'tensors'");
    }
    List<Layer> layers = new ArrayList<>();
    List<Diagnostic> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> part : root.properties()) {
      Scope scope = SCOPES.get(part.getKey());
      if (scope == null || !part.getValue().isObject()) {
        found.add(
            new Diagnostic(
                "overrides-bad",
                file + ", '" + part.getKey() + "'",
                "is none of the three objects expected",
                "use 'operators', 'nodes' and 'tensors', each an object of patterns"));
        continue;
      }
      for (Map.Entry<String, JsonNode> entry : part.getValue().properties()) {
        String place = "%s, %s '%s'".formatted(file, scope, entry.getKey());
        PolicyJson policy = new PolicyJson(place, found);
        layers.add(new Layer(scope, entry.getKey(), policy.read(entry.getValue())));
      }
    }
    if (!found.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, found, null);
    }
    return layers;
  }

  private static OctetException bad(Path file, String message) {
    return OctetException.badInput(
        "overrides-bad", file.toString(), message, "expected a JSON file of overrides");
  }
}
