package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.runtime.Progress;
import dev.octet.runtime.TinyModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged tables, statistics and caches are read or refused, and never anything else.
class BrokenCalibrationTest {
  private static final Model MODEL = TinyModels.classifier(1, -2, 3, 4, 5, 6);
  private static final byte[] WHOLE = whole();

  @Property(tries = 800, seed = "20261124")
  void damagedTablesEndInAMessage(@ForAll Random random) throws IOException {
    byte[] bytes = WHOLE.clone();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(at + 1)];
    }
    Path file = Files.createTempFile("damaged", ".json");
    try {
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      Files.write(file, Arrays.copyOf(bytes, length));
      refusedOrRead(() -> CalibrationFile.read(file));
      refusedOrRead(() -> CalibrationFile.readStatistics(file));
      refusedOrRead(() -> PeerCalibrationFile.read(file));
    } finally {
      Files.delete(file);
    }
  }

  /// A file holds counts of every value; a table with fewer, or more, has lost some on the way.
  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void countsThatDoNotAddUpAreRefused(int change) throws IOException {
    String text = new String(WHOLE, StandardCharsets.UTF_8);
    Matcher hidden =
        Pattern.compile("(\"hidden\"[^}]*?\"count\" *: *)(\\d+)", Pattern.DOTALL).matcher(text);
    String damaged =
        hidden.replaceFirst(each -> each.group(1) + (Long.parseLong(each.group(2)) + change));
    assertThat(damaged).isNotEqualTo(text);
    Path file = Files.createTempFile("damaged", ".json");
    try {
      Files.writeString(file, damaged);
      assertThatThrownBy(() -> CalibrationFile.readStatistics(file))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("value 'hidden'")
          .hasMessageContaining("were seen");
    } finally {
      Files.delete(file);
    }
  }

  /// What was looked at in part neither joins others nor goes on from a file.
  @Test
  void onlyWhatWasLookedAtInFullIsKept() {
    CalibrationOptions enough =
        CalibrationOptions.builder().looking(CalibrationOptions.Looking.ENOUGH).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> enough.toBuilder().shard(new Shard(0, 2)).build());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> enough.toBuilder().checkpoint(new Checkpoint(Path.of("p.json"), 10)).build());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                CalibrationOptions.builder()
                    .shard(new Shard(1, 2))
                    .looking(CalibrationOptions.Looking.ENOUGH)
                    .build());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Calibrator.observeToSave(
                    MODEL,
                    "tiny",
                    new CalibrationNeeds(List.of(need("x", CalibrationMethod.minMax()))),
                    SampleSource.of(
                        List.of(),
                        List.of(
                            Sample.unlabelled(
                                "a",
                                Map.of("x", DenseTensor.ofFloats(new float[] {1, -3}, 1, 2))))),
                    enough,
                    Progress.NONE));
  }

  private static void refusedOrRead(Runnable reading) {
    try {
      reading.run();
    } catch (OctetException expected) {
      assertThat(expected.getMessage()).contains("damaged");
    }
  }

  /// A table of every kind of statistics, that is a cache of the peer too.
  private static byte[] whole() {
    List<Sample> samples =
        List.of(
            Sample.unlabelled("a", Map.of("x", DenseTensor.ofFloats(new float[] {1, -3}, 1, 2))),
            Sample.unlabelled("b", Map.of("x", DenseTensor.ofFloats(new float[] {2, 4}, 1, 2))));
    CalibrationNeeds needs =
        new CalibrationNeeds(
            List.of(
                need("x", CalibrationMethod.minMax()),
                need("hidden", CalibrationMethod.percentile(99)),
                need("scores", CalibrationMethod.movingAverage(0.1))));
    try {
      Path file = Files.createTempFile("whole", ".json");
      SavedCalibration saved =
          Calibrator.observeToSave(
              MODEL,
              "tiny",
              needs,
              SampleSource.of(List.of(), samples),
              CalibrationOptions.DEFAULT,
              Progress.NONE);
      CalibrationFile.write(saved, file);
      String ours = Files.readString(file).strip();
      PeerCalibrationFile.write(saved.table(), file);
      String theirs = Files.readString(file).strip();
      Files.delete(file);
      return (ours.substring(0, ours.length() - 1) + "," + theirs.substring(1))
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static CalibrationNeeds.Need need(String value, CalibrationMethod method) {
    return new CalibrationNeeds.Need(value, method, GridRule.asymmetric(QuantType.UINT8));
  }
}
