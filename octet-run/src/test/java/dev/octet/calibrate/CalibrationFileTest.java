package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Range;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationFileTest {
  @TempDir Path folder;

  @Test
  void keepsEveryBitAndTheOrder() throws Exception {
    Random random = new Random(3);
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    for (int i = 0; i < 500; i++) {
      float a = Float.intBitsToFloat(random.nextInt());
      float b = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(a) && Float.isFinite(b)) {
        Range range = new Range(Math.min(a, b), Math.max(a, b));
        entries.put(
            "v/" + (500 - i),
            new CalibrationTable.Entry(
                range,
                i % 2 == 0 ? CalibrationMethod.percentile(99.9) : CalibrationMethod.leastError(),
                new CalibrationTable.Observation(i, 1L << 40, range)));
      }
    }
    CalibrationTable table = new CalibrationTable(entries);
    Path file = folder.resolve("table.json");
    CalibrationFile.write(table, file);
    CalibrationFile.write(table, file);
    CalibrationTable read = CalibrationFile.read(file);
    assertThat(read).isEqualTo(table);
    assertThat(read.entries().keySet()).containsExactlyElementsOf(entries.keySet());
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    refuses("{", "is no JSON");
    refuses("[]", "is no calibration table");
    refuses(value("{}"), "value 'v' has no known method");
    refuses(
        value(
            "{\"min\": 2, \"max\": 1, \"method\": \"minmax\","
                + " \"observed\": {\"samples\": 1, \"elements\": 1}}"),
        "value 'v' has an impossible range 2 to 1");
    assertThatThrownBy(() -> CalibrationFile.read(folder.resolve("none.json")))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("none.json: does not exist");
    assertThatThrownBy(
            () ->
                CalibrationFile.write(
                    new CalibrationTable(Map.of()), folder.resolve("missing/table.json")))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("table.json: cannot be written");
  }

  private void refuses(String text, String message) throws Exception {
    Path file = Files.writeString(folder.resolve("bad.json"), text);
    assertThatThrownBy(() -> CalibrationFile.read(file))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("bad.json: " + message);
  }

  private static String value(String entry) {
    return "{\"format\": \"octet-calibration-1\", \"values\": {\"v\": " + entry + "}}";
  }
}
