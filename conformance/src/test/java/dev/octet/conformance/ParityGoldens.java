package dev.octet.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.OutputFormat;
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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

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
        OutputFormat.valueOf(entry.get("mode").asText().toUpperCase(Locale.ROOT)),
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
