package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import dev.octet.stats.Spread;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerCalibrationFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"minmax", "entropy", "percentile", "distribution"})
  void readsWhatThePeerWroteAndWritesItBack(String method) throws Exception {
    Path file = golden("peer_" + method + ".json");
    assertThat(PeerCalibrationFile.isOne(file)).isTrue();
    CalibrationTable table = CalibrationFile.readAny(file);
    assertThat(table.entries().keySet()).containsExactlyInAnyOrder("x", "hidden", "scores");
    assertThat(table.entries().get("scores"))
        .extracting(CalibrationTable.Entry::method)
        .asString()
        .startsWith(method);

    Path again = folder.resolve("again.json");
    PeerCalibrationFile.write(table, again);
    assertThat(PeerCalibrationFile.read(again)).isEqualTo(table);
    JsonNode theirs = new ObjectMapper().readTree(file.toFile());
    JsonNode ours = new ObjectMapper().readTree(again.toFile());
    assertThat(ours.path("calibration_method")).isEqualTo(theirs.path("calibration_method"));
    for (String value : table.entries().keySet()) {
      for (String field : new String[] {"lowest", "highest"}) {
        assertThat(number(ours, value, field)).isEqualTo(number(theirs, value, field));
      }
    }
  }

  @Test
  void takesThePeersExtremesAndDeviations() throws Exception {
    CalibrationTable extremes = PeerCalibrationFile.read(golden("peer_minmax.json"));
    assertThat(extremes.range("scores")).contains(new Range(-3.5827913f, 14.716766f));
    CalibrationTable.Entry scores =
        Objects.requireNonNull(
            PeerCalibrationFile.read(golden("peer_distribution.json")).entries().get("scores"));
    assertThat(scores.observed().spread()).contains(new Spread(3.0658972f, 3.5560603f));
    assertThat(scores.range().max()).isEqualTo((float) (3.556060314178467 / 100.057724f * 448));
  }

  @Test
  void writesTensorRtTablesWithTheLargestMagnitude() throws Exception {
    Map<String, Range> ranges = new LinkedHashMap<>();
    ranges.put("z", new Range(-3.5f, 1));
    ranges.put("a", new Range(0, 0.1f));
    TensorRtTable.write(CalibrationTable.ofRanges(ranges), folder);
    assertThat(folder.resolve("calibration.cache")).hasContent("a 0.10000000149011612\nz 3.5\n");
    JsonNode json = new ObjectMapper().readTree(folder.resolve("calibration.json").toFile());
    assertThat(json.at("/z/lowest/data").doubleValue()).isEqualTo(-3.5);
    assertThat(json.at("/a/CLS").asText()).isEqualTo("TensorData");
  }

  @Test
  void writesTheTensorRtTablesThatThePeerWrites() throws Exception {
    Map<String, Range> ranges = new LinkedHashMap<>();
    ranges.put("z/out", new Range(-1, 3.5f));
    ranges.put("a", new Range(0, 0.1f));
    ranges.put("wide", new Range(-2e20f, 3e20f));
    ranges.put("tiny", new Range(-1e-7f, 2.5e-6f));
    ranges.put("m.none", new Range(0, 0));
    TensorRtTable.write(CalibrationTable.ofRanges(ranges), folder);
    for (String kind : new String[] {"cache", "flatbuffers"}) {
      assertThat(folder.resolve("calibration." + kind))
          .hasSameBinaryContentAs(golden("tensorrt." + kind));
    }
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    refuses("{}", "is no cache of onnxruntime.quantization");
    refuses(
        "{\"CLS\":\"TensorsData\",\"data\":{},\"calibration_method\":\"Magic\"}",
        "has no known calibration method");
    refuses(
        "{\"CLS\":\"TensorsData\",\"data\":{\"v\":{\"lowest\":[1],\"highest\":[]}},"
            + "\"calibration_method\":\"MinMax\"}",
        "value 'v' has no numbers");
    Range range = new Range(0, 1);
    Map<String, CalibrationTable.Entry> mixed = new LinkedHashMap<>();
    mixed.put("a", entry(range, CalibrationMethod.distribution()));
    mixed.put("b", entry(range, CalibrationMethod.minMax()));
    assertThatThrownBy(
            () ->
                PeerCalibrationFile.write(
                    new CalibrationTable(mixed), folder.resolve("mixed.json")))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("by distribution and by");
  }

  private static CalibrationTable.Entry entry(Range range, CalibrationMethod method) {
    return new CalibrationTable.Entry(
        range,
        method,
        new CalibrationTable.Observation(1, 1, range, Optional.empty(), Optional.empty()));
  }

  private void refuses(String text, String message) throws Exception {
    Path file = Files.writeString(folder.resolve("bad.json"), text);
    assertThatThrownBy(() -> PeerCalibrationFile.read(file))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("bad.json: " + message);
  }

  private static double number(JsonNode root, String value, String field) {
    JsonNode holder = root.path("data").path(value).path(field);
    JsonNode data = holder.isObject() ? holder.path("data") : holder;
    return (data.isArray() ? data.path(0) : data).doubleValue();
  }

  private Path golden(String name) throws Exception {
    Path file = folder.resolve(name);
    try (InputStream golden =
        Objects.requireNonNull(getClass().getResourceAsStream("/calibration/" + name))) {
      Files.write(file, golden.readAllBytes());
    }
    return file;
  }
}
