package dev.octet.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.parity.PeerOptions;
import dev.octet.parity.PeerOverride;
import dev.octet.parity.PeerSwitch;
import dev.octet.plan.BiasForm;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import dev.octet.stats.Spread;
import dev.octet.testkit.GraphComparison.Fingerprint;
import dev.octet.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/// What `conformance/python/make_parity_goldens.py` packed: every case, in its order.
final class ParityGoldens {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, byte[]> files;

  private ParityGoldens(Map<String, byte[]> files) {
    this.files = files;
  }

  static List<ParityCase> load() {
    try (InputStream stream =
            Objects.requireNonNull(ParityGoldens.class.getResourceAsStream("parity.zip"));
        ZipInputStream zip = new ZipInputStream(stream)) {
      Map<String, byte[]> files = new LinkedHashMap<>();
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
      ParityGoldens goldens = new ParityGoldens(files);
      List<ParityCase> cases = new ArrayList<>();
      for (JsonNode entry : goldens.json("cases.json")) {
        cases.add(goldens.parityCase(entry));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ParityCase parityCase(JsonNode entry) {
    String name = entry.get("name").asText();
    String model = entry.get("model").asText();
    Supplier<Model> floats =
        name.startsWith("whole_")
            ? () -> ModelReader.read(SharedData.model(model + ".onnx"))
            : () -> ModelReader.parse(file("float/" + model + ".onnx"));
    byte[] peer = files.get("peer/" + name + ".onnx");
    return new ParityCase(
        name,
        entry.get("theme").asText(),
        options(entry.get("mode").asText(), entry.get("arguments")),
        entry.get("arguments").toString(),
        floats,
        ranges(name),
        peer == null ? Optional.empty() : Optional.of(() -> ModelReader.parse(peer)),
        Optional.ofNullable(entry.get("error")).map(JsonNode::asText),
        fingerprints(name));
  }

  private CalibrationTable ranges(String name) {
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    if (files.containsKey("ranges/" + name + ".json")) {
      json("ranges/" + name + ".json")
          .properties()
          .forEach(field -> entries.put(field.getKey(), entry(field.getValue())));
    }
    return new CalibrationTable(entries);
  }

  private static CalibrationTable.Entry entry(JsonNode numbers) {
    Range range = new Range((float) numbers.get(0).asDouble(), (float) numbers.get(1).asDouble());
    Optional<Spread> spread =
        numbers.size() == 4
            ? Optional.of(new Spread(numbers.get(2).asDouble(), numbers.get(3).asDouble()))
            : Optional.empty();
    return new CalibrationTable.Entry(
        range,
        CalibrationMethod.minMax(),
        new CalibrationTable.Observation(0, 0, range, Optional.empty(), spread));
  }

  private Map<String, Fingerprint> fingerprints(String name) {
    Map<String, Fingerprint> found = new LinkedHashMap<>();
    if (files.containsKey("whole/" + name + ".json")) {
      json("whole/" + name + ".json")
          .properties()
          .forEach(
              field -> {
                List<Long> dims = new ArrayList<>();
                field.getValue().get(1).forEach(dim -> dims.add(dim.asLong()));
                found.put(
                    field.getKey(),
                    new Fingerprint(
                        field.getValue().get(0).asText(), dims, field.getValue().get(2).asText()));
              });
    }
    return found;
  }

  private static PeerOptions options(String mode, JsonNode arguments) {
    PeerOptions.Builder builder =
        switch (mode) {
          case "qdq" -> PeerOptions.qdq();
          case "qoperator" -> PeerOptions.qoperator();
          case "dynamic" -> PeerOptions.dynamic();
          default -> throw new IllegalStateException(mode);
        };
    arguments.properties().forEach(field -> set(builder, field.getKey(), field.getValue()));
    return builder.build();
  }

  private static void set(PeerOptions.Builder builder, String key, JsonNode value) {
    Optional<PeerSwitch> option = PeerSwitch.of(key);
    if (option.isPresent()) {
      if (value.asBoolean()) {
        builder.with(option.get());
      } else {
        builder.without(option.get());
      }
      return;
    }
    switch (key) {
      case "activation_type" -> builder.activations(type(value));
      case "weight_type" -> builder.weights(type(value));
      case "op_types_to_quantize" -> builder.opTypes(texts(value));
      case "nodes_to_quantize" -> builder.nodes(texts(value));
      case "nodes_to_exclude" -> builder.excludeNodes(texts(value));
      case "extra_options" ->
          value.properties().forEach(field -> set(builder, field.getKey(), field.getValue()));
      case "WeightSymmetric" -> builder.weightSymmetric(value.asBoolean());
      case "MinimumRealRange" -> builder.minimumRealRange(value.asDouble());
      case "BlockSize" -> builder.blockSize(value.asInt());
      case "QuantizeBias" -> builder.biases(value.asBoolean() ? BiasForm.CODES : BiasForm.FLOAT);
      case "OpTypesToExcludeOutputQuantization" -> builder.withoutResultsOf(texts(value));
      case "QDQOpTypePerChannelSupportToAxis" ->
          value
              .properties()
              .forEach(field -> builder.channelAxis(field.getKey(), field.getValue().asInt()));
      case "TensorQuantOverrides" ->
          value
              .properties()
              .forEach(field -> builder.override(field.getKey(), overrides(field.getValue())));
      case "calibrate_method", "CalibPercentile", "CalibTensorRangeSymmetric" -> {}
      default -> throw new IllegalStateException("no such option: " + key);
    }
  }

  private static List<PeerOverride> overrides(JsonNode entries) {
    List<PeerOverride> overrides = new ArrayList<>();
    entries.forEach(entry -> overrides.add(override(entry)));
    return overrides;
  }

  private static PeerOverride override(JsonNode entry) {
    JsonNode convert = entry.get("convert");
    return new PeerOverride(
        entry.has("quant_type") ? type(entry.get("quant_type")) : null,
        entry.has("symmetric") ? Boolean.valueOf(entry.get("symmetric").asBoolean()) : null,
        entry.has("reduce_range")
            ? entry.get("reduce_range").asBoolean() ? CodeSpan.REDUCED : CodeSpan.FULL
            : null,
        number(entry.get("rmin")),
        number(entry.get("rmax")),
        entry.has("scale")
            ? new ScaleChoice(
                (float) entry.get("scale").asDouble(), entry.get("zero_point").asInt())
            : null,
        entry.has("axis") ? Integer.valueOf(entry.get("axis").asInt()) : null,
        convert == null
            ? null
            : new PeerOverride.Conversion(
                override(convert),
                convert.has("recv_nodes") ? texts(convert.get("recv_nodes")) : null));
  }

  private static @Nullable Float number(@Nullable JsonNode value) {
    return value == null ? null : (float) value.asDouble();
  }

  private static QuantType type(JsonNode value) {
    return switch (value.asText()) {
      case "QUInt8" -> QuantType.UINT8;
      case "QInt8" -> QuantType.INT8;
      case "QUInt16" -> QuantType.UINT16;
      case "QInt16" -> QuantType.INT16;
      case "QUInt4" -> QuantType.UINT4;
      case "QInt4" -> QuantType.INT4;
      case "QFLOAT8E4M3FN" -> QuantType.FLOAT8E4M3FN;
      default -> throw new IllegalStateException(value.asText());
    };
  }

  private static List<String> texts(JsonNode value) {
    List<String> texts = new ArrayList<>();
    value.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private JsonNode json(String name) {
    try {
      return JSON.readTree(file(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] file(String name) {
    return Objects.requireNonNull(files.get(name), name);
  }
}
