package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calibration in pieces: ended and gone on with, divided among processes, merged again.
class InterruptedCalibrationTest {
  private static final Model MODEL = TinyModels.classifier(1, -2, 3, 4, 5, 6);
  private static final CalibrationNeeds NEEDS =
      new CalibrationNeeds(
          List.of(
              need("x", CalibrationMethod.minMax()),
              need("hidden", CalibrationMethod.leastError()),
              need("scores", CalibrationMethod.movingAverage(0.01))));

  @TempDir Path folder;

  @Property(tries = 30, seed = "20261124")
  void goesOnToTheSameBytes(@ForAll Random random) throws IOException {
    Path scratch = Files.createTempDirectory("resume");
    SampleSource samples = source(random.nextInt(1, 300), random.nextLong());
    CalibrationOptions options =
        CalibrationOptions.builder().batchSize(random.nextInt(1, 40)).workers(2).build();
    Path whole = scratch.resolve("whole.json");
    CalibrationFile.write(observe(samples, options), whole);

    Path progress = scratch.resolve("progress.json");
    CalibrationOptions kept =
        options.toBuilder().checkpoint(new Checkpoint(progress, random.nextInt(1, 100))).build();
    int interruptions = 0;
    SavedCalibration resumed = null;
    while (resumed == null && interruptions < 100) {
      try {
        long endAt = interruptions == 3 ? Long.MAX_VALUE : random.nextLong(1, 400);
        resumed =
            Calibrator.observeToSave(
                MODEL,
                "tiny",
                NEEDS,
                samples,
                kept.toBuilder().workers(random.nextInt(1, 4)).build(),
                (done, total) -> {
                  if (done > endAt) {
                    throw new Interruption();
                  }
                });
      } catch (Interruption e) {
        interruptions++;
      }
    }
    Path pieces = scratch.resolve("pieces.json");
    CalibrationFile.write(Objects.requireNonNull(resumed), pieces);
    assertThat(pieces).hasSameBinaryContentAs(whole);
    assertThat(progress).doesNotExist();
    Files.delete(whole);
    Files.delete(pieces);
    Files.delete(scratch);
  }

  @Property(tries = 30, seed = "20261124")
  void partsOfSeveralProcessesMergeToTheSameBytes(@ForAll Random random) throws IOException {
    Path scratch = Files.createTempDirectory("shards");
    SampleSource samples = source(random.nextInt(1, 200), random.nextLong());
    CalibrationOptions options =
        CalibrationOptions.builder().batchSize(random.nextInt(1, 20)).build();
    Path whole = scratch.resolve("whole.json");
    CalibrationFile.write(observe(samples, options), whole);

    int count = random.nextInt(1, 6);
    List<SavedCalibration> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = scratch.resolve("part.json");
      CalibrationFile.writeProgress(
          observe(samples, options.toBuilder().shard(new Shard(i, count)).build()), file);
      parts.add(CalibrationFile.readStatistics(file));
      Files.delete(file);
    }
    Collections.shuffle(parts, random);
    Path merged = scratch.resolve("merged.json");
    SavedCalibration all = SavedCalibration.merged(parts);
    assertThat(all.isComplete()).isTrue();
    CalibrationFile.write(all, merged);
    assertThat(merged).hasSameBinaryContentAs(whole);
    Files.delete(whole);
    Files.delete(merged);
    Files.delete(scratch);
  }

  @Test
  void doesNotMixWhatDoesNotBelongTogether() throws IOException {
    Path progress = folder.resolve("progress.json");
    CalibrationOptions kept =
        CalibrationOptions.builder().batchSize(4).checkpoint(new Checkpoint(progress, 8)).build();
    assertThatThrownBy(
            () ->
                Calibrator.observe(
                    MODEL,
                    "tiny",
                    NEEDS,
                    source(50, 1),
                    kept,
                    (done, total) -> {
                      if (done > 20) {
                        throw new Interruption();
                      }
                    }))
        .isInstanceOf(Interruption.class);
    assertThat(progress).exists();
    refuses(() -> observe(source(51, 1), kept), "is the progress of another calibration");
    refuses(() -> observe(renamed(source(50, 1)), kept), "is the progress over other samples");
    refuses(
        () -> observe(source(50, 1), kept.toBuilder().shard(new Shard(1, 2)).build()),
        "is the progress of another calibration");
    SavedCalibration half = CalibrationFile.readStatistics(progress);
    refuses(
        () -> SavedCalibration.merged(List.of(half, CalibrationFile.readStatistics(progress))),
        "sample 0: is in two of the parts");
    refuses(
        () ->
            SavedCalibration.merged(
                List.of(half, observe(source(60, 2), CalibrationOptions.DEFAULT))),
        "are not of the same model");
    Files.writeString(progress, Files.readString(progress).replaceFirst("\"counts\" : \"", "$0A"));
    refuses(() -> observe(source(50, 1), kept), "has impossible statistics: value 'hidden'");
  }

  private static void refuses(ThrowingCallable work, String message) {
    assertThatThrownBy(work).isInstanceOf(OctetException.class).hasMessageContaining(message);
  }

  private static SavedCalibration observe(SampleSource samples, CalibrationOptions options) {
    return Calibrator.observeToSave(MODEL, "tiny", NEEDS, samples, options, Progress.NONE);
  }

  private static CalibrationNeeds.Need need(String value, CalibrationMethod method) {
    return new CalibrationNeeds.Need(value, method, GridRule.asymmetric(QuantType.UINT8));
  }

  private static SampleSource source(int count, long seed) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = {(float) random.nextGaussian(), (float) random.nextGaussian()};
      samples.add(
          Sample.unlabelled("data/sample " + i, Map.of("x", DenseTensor.ofFloats(row, 1, 2))));
    }
    return SampleSource.of(List.of(), samples);
  }

  private static SampleSource renamed(SampleSource source) {
    return SampleSource.of(
        List.of(),
        source
            .samples()
            .map(sample -> Sample.unlabelled(sample.name() + "b", sample.inputs()))
            .toList());
  }

  private static final class Interruption extends RuntimeException {}
}
