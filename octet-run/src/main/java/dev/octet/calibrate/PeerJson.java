package dev.octet.calibrate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.parity.PeerOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// JSON values as arguments of `onnxruntime.quantization`. Each method throws
/// `IllegalArgumentException` with a reason where a value is of another kind.
final class PeerJson {
  private static final Set<String> OVERRIDE_KEYS =
      Set.of(
          "quant_type",
          "symmetric",
          "reduce_range",
          "rmin",
          "rmax",
          "scale",
          "zero_point",
          "axis",
          "convert",
          "recv_nodes");

  private PeerJson() {}

  static boolean truth(JsonNode value) {
    require(value.isBoolean(), value, "true or false");
    return value.asBoolean();
  }

  static double number(JsonNode value) {
    require(value.isNumber(), value, "a number");
    return value.asDouble();
  }

  static int whole(JsonNode value) {
    require(value.canConvertToInt() && value.isIntegralNumber(), value, "a whole number");
    return value.asInt();
  }

  static String text(JsonNode value) {
    require(value.isTextual(), value, "text");
    return value.asText();
  }

  static JsonNode object(JsonNode value) {
    require(value.isObject(), value, "an object");
    return value;
  }

  static List<String> texts(JsonNode value) {
    require(value.isArray(), value, "a list of names");
    List<String> texts = new ArrayList<>();
    value.forEach(each -> texts.add(text(each)));
    return texts;
  }

  /// A member of the peer's `QuantType`.
  static QuantType type(JsonNode value) {
    return switch (text(value)) {
      case "QUInt8" -> QuantType.UINT8;
      case "QInt8" -> QuantType.INT8;
      case "QUInt16" -> QuantType.UINT16;
      case "QInt16" -> QuantType.INT16;
      case "QUInt4" -> QuantType.UINT4;
      case "QInt4" -> QuantType.INT4;
      case "QFLOAT8E4M3FN" -> QuantType.FLOAT8E4M3FN;
      default ->
          throw new IllegalArgumentException(
              value
                  + " is no type: QUInt8, QInt8, QUInt16, QInt16, QUInt4, QInt4 or"
                  + " QFLOAT8E4M3FN");
    };
  }

  /// What `TensorQuantOverrides` says of one tensor.
  static List<PeerOverride> overrides(JsonNode entries) {
    require(entries.isArray(), entries, "a list of objects, one for the tensor or each channel");
    List<PeerOverride> overrides = new ArrayList<>();
    entries.forEach(entry -> overrides.add(override(object(entry))));
    return overrides;
  }

  private static PeerOverride override(JsonNode entry) {
    entry
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!OVERRIDE_KEYS.contains(key)) {
                throw new IllegalArgumentException("'" + key + "' is no key of an override");
              }
            });
    if (entry.has("scale") != entry.has("zero_point")) {
      throw new IllegalArgumentException("scale and zero_point go together: " + entry);
    }
    JsonNode convert = entry.get("convert");
    return new PeerOverride(
        entry.has("quant_type") ? type(entry.get("quant_type")) : null,
        entry.has("symmetric") ? Boolean.valueOf(truth(entry.get("symmetric"))) : null,
        entry.has("reduce_range")
            ? truth(entry.get("reduce_range")) ? CodeSpan.REDUCED : CodeSpan.FULL
            : null,
        real(entry.get("rmin")),
        real(entry.get("rmax")),
        entry.has("scale")
            ? new ScaleChoice((float) number(entry.get("scale")), whole(entry.get("zero_point")))
            : null,
        entry.has("axis") ? Integer.valueOf(whole(entry.get("axis"))) : null,
        convert == null
            ? null
            : new PeerOverride.Conversion(
                override(object(convert)),
                convert.has("recv_nodes") ? texts(convert.get("recv_nodes")) : null));
  }

  private static @Nullable Float real(@Nullable JsonNode value) {
    return value == null ? null : (float) number(value);
  }

  private static void require(boolean fits, JsonNode value, String expected) {
    if (!fits) {
      throw new IllegalArgumentException("is " + value + ", not " + expected);
    }
  }
}
