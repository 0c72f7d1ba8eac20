package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.runtime.Progress;
import dev.octet.runtime.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed while it calibrates, so that none of its code runs to the end.
class KilledCalibrationTest {
  private static final Model MODEL = TinyModels.classifier(1, -2, 3, 4, 5, 6);
  private static final CalibrationNeeds NEEDS =
      new CalibrationNeeds(
          List.of(
              need("hidden", CalibrationMethod.leastError()),
              need("scores", CalibrationMethod.movingAverage(0.01))));
  private static final int SAMPLES = 300;
  private static final int LAST_OF_THE_CHILD = 170;
  private static final int EVERY = 50;
  private static final int KEPT_BY_THE_CHILD = 150;

  @TempDir Path folder;

  /// What the child runs: a calibration that waits for a sample for ever, so that it is met at work
  /// however slow or fast the machine is.
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      calibrate(Path.of(arguments[0]), new Stalling(samples(), LAST_OF_THE_CHILD));
    }
  }

  @Test
  void goesOnWhereTheKilledProcessWas() throws Exception {
    Path progress = folder.resolve("progress.json");
    killedAtWork(progress);
    List<Span> covered = CalibrationFile.readStatistics(progress).calibration().covered();
    assertThat(covered).containsExactly(new Span(0, KEPT_BY_THE_CHILD));

    Path resumed = folder.resolve("resumed.json");
    CalibrationFile.write(calibrate(progress, samples()), resumed);
    Path whole = folder.resolve("whole.json");
    CalibrationFile.write(calibrate(folder.resolve("undisturbed.json"), samples()), whole);
    assertThat(resumed).hasSameBinaryContentAs(whole);
    assertThat(progress).doesNotExist();
  }

  /// Waits for what the process does, not for a time; if it ends of itself, says what it said.
  private void killedAtWork(Path progress) throws IOException, InterruptedException {
    Path said = folder.resolve("child.txt");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                progress.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      while (child.isAlive() && !holds(progress, KEPT_BY_THE_CHILD)) {
        child.waitFor(20, TimeUnit.MILLISECONDS);
      }
      assertThat(child.isAlive()).as("ended of itself: " + Files.readString(said)).isTrue();
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private static boolean holds(Path progress, long samples) {
    return Files.exists(progress)
        && CalibrationFile.readStatistics(progress).calibration().samples() == samples;
  }

  private static SavedCalibration calibrate(Path progress, SampleSource samples) {
    CalibrationOptions options =
        CalibrationOptions.builder()
            .batchSize(10)
            .workers(2)
            .checkpoint(new Checkpoint(progress, EVERY))
            .build();
    return Calibrator.observeToSave(MODEL, "tiny", NEEDS, samples, options, Progress.NONE);
  }

  private static CalibrationNeeds.Need need(String value, CalibrationMethod method) {
    return new CalibrationNeeds.Need(value, method, GridRule.asymmetric(QuantType.UINT8));
  }

  private static SampleSource samples() {
    Random random = new Random(7);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      float[] row = {(float) random.nextGaussian(), (float) random.nextGaussian()};
      samples.add(
          Sample.unlabelled("data/sample " + i, Map.of("x", DenseTensor.ofFloats(row, 1, 2))));
    }
    return SampleSource.of(List.of(), samples);
  }

  /// The same samples, of which all but the first never come.
  private record Stalling(SampleSource all, int coming) implements SampleSource {
    @Override
    public List<String> labels() {
      return all.labels();
    }

    @Override
    public long size() {
      return all.size();
    }

    @Override
    public Stream<Sample> samples() {
      AtomicInteger next = new AtomicInteger();
      return all.samples()
          .peek(
              sample -> {
                if (next.getAndIncrement() == coming) {
                  while (true) {
                    LockSupport.park();
                  }
                }
              });
    }
  }
}
