package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.runtime.TensorSpec;
import dev.octet.testkit.SharedData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavFolderTest {
  private static final List<TensorSpec> AUDIO = audio(4);

  @TempDir Path folder;

  @Test
  void labelsByFolderPadsAndCuts() throws Exception {
    clip("no/b.wav", 16384);
    clip("yes/a.wav", 1, 2, 3, 4, 5, 6);
    Files.writeString(folder.resolve("README.md"), "not a clip");
    clip("_background_noise_/hum.wav", 1);
    SampleSource source = SampleSources.open(folder, AUDIO, SampleOptions.DEFAULT);
    assertThat(source.labels()).containsExactly("no", "yes");
    assertThat(source.size()).isEqualTo(2);
    for (int pass = 0; pass < 2; pass++) {
      List<Sample> samples = read(source);
      assertThat(samples).extracting(sample -> sample.label().orElseThrow()).containsExactly(0, 1);
      assertThat(floats(samples.get(0))).containsExactly(0.5f, 0, 0, 0);
      assertThat(samples.get(0).input("x").dims()).containsExactly(1L, 1L, 4L);
      assertThat(floats(samples.get(1)))
          .containsExactly(1 / 32768f, 2 / 32768f, 3 / 32768f, 4 / 32768f);
    }
  }

  @Test
  void takesTheOrderOfGivenLabels() throws Exception {
    clip("no/b.wav", 1);
    clip("yes/a.wav", 1);
    SampleOptions options = SampleOptions.DEFAULT.withLabels(List.of("yes", "maybe", "no"));
    SampleSource source = SampleSources.open(folder, AUDIO, options);
    assertThat(source.labels()).containsExactly("yes", "maybe", "no");
    assertThat(read(source))
        .extracting(sample -> sample.label().orElseThrow())
        .containsExactly(2, 0);
    SampleOptions without = SampleOptions.DEFAULT.withLabels(List.of("yes"));
    assertThatThrownBy(() -> SampleSources.open(folder, AUDIO, without))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("folder 'no' is none of the 1 labels");
  }

  @Test
  void readsZipArchivesWithTheSameResult() throws Exception {
    clip("no/b.wav", 5, 6);
    clip("yes/a.wav", 1, 2);
    Path zip = Files.createTempDirectory(folder, "z").resolve("clips.zip");
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream entries = new ZipOutputStream(out)) {
      for (String name : List.of("data/yes/a.wav", "data/no/b.wav", "__MACOSX/yes/._a.wav")) {
        entries.putNextEntry(new ZipEntry(name));
        entries.write(
            Files.readAllBytes(folder.resolve(name.replaceFirst("^[^/]*/", "").replace("._", ""))));
      }
    }
    List<Sample> zipped = read(SampleSources.open(zip, AUDIO, SampleOptions.DEFAULT));
    List<Sample> plain = read(SampleSources.open(folder, AUDIO, SampleOptions.DEFAULT));
    assertThat(zipped)
        .extracting(Sample::inputs)
        .isEqualTo(plain.stream().map(Sample::inputs).toList());
    assertThat(zipped)
        .extracting(Sample::name)
        .containsExactly(zip + "!/data/no/b.wav", zip + "!/data/yes/a.wav");
  }

  @Test
  void namesTheBadFile() throws Exception {
    assertThatThrownBy(() -> open(folder.resolve("none")))
        .hasMessageContaining("none: does not exist");
    assertThatThrownBy(() -> open(folder)).hasMessageContaining("holds no samples");
    Path text = Files.writeString(folder.resolve("text"), "no archive");
    assertThatThrownBy(() -> open(text)).hasMessageContaining("text: is no zip archive");
    Files.createDirectories(folder.resolve("yes"));
    Files.writeString(folder.resolve("yes/bad.wav"), "not a wav");
    assertThatThrownBy(() -> read(open(folder)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining(Path.of("yes", "bad.wav") + ": is no WAV file");
    clip("stray.wav", 1);
    assertThatThrownBy(() -> open(folder)).hasMessageContaining("lies beside folders");
    List<TensorSpec> image = List.of(new TensorSpec("x", DataType.FLOAT, Shape.of(1, 3, 32, 32)));
    assertThatThrownBy(() -> SampleSources.open(folder, image, SampleOptions.DEFAULT))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("the model has x: float[1,3,32,32]");
  }

  @Test
  void boundsWhatAnEntryUnpacksTo() throws Exception {
    Path zip = folder.resolve("bomb.zip");
    try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(zip))) {
      entries.putNextEntry(new ZipEntry("yes/a.wav"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 130; i++) {
        entries.write(zeros);
      }
    }
    assertThatThrownBy(() -> read(open(zip)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("bomb.zip!/yes/a.wav: is larger than");
  }

  @Test
  void balancesASeededChoice() throws Exception {
    for (int i = 0; i < 9; i++) {
      clip("many/" + i + ".wav", i);
    }
    clip("few/0.wav", 100);
    clip("some/0.wav", 200);
    clip("some/1.wav", 201);
    clip("some/2.wav", 202);
    SampleSource source = SampleSources.open(folder, AUDIO, SampleOptions.DEFAULT);
    List<Sample> chosen = read(source.balancedSample(7, 1));
    assertThat(counts(chosen)).isEqualTo(Map.of(0, 1L, 1, 3L, 2, 3L));
    assertThat(read(source.balancedSample(7, 1))).isEqualTo(chosen);
    // The default choice, for sources that must be read to be known, is the same one.
    assertThat(read(SampleSource.of(source.labels(), read(source)).balancedSample(7, 1)))
        .isEqualTo(chosen);
    assertThat(Stream.of(2L, 3L, 4L, 5L).map(seed -> read(source.balancedSample(7, seed))))
        .anyMatch(other -> !other.equals(chosen));
    assertThat(read(source.balancedSample(100, 1))).hasSize(13);
  }

  @Test
  void streamsTheRealTestSet() {
    Path zip = SharedData.data().resolve("speech_commands/speech_commands_8k_test.zip");
    SampleSource source = SampleSources.open(zip, audio(8000), SampleOptions.DEFAULT);
    assertThat(source.size()).isEqualTo(864);
    assertThat(source.labels()).hasSize(31).startsWith("backward", "bed");
    try (Stream<Sample> samples = source.samples();
        Stream<Batch> batches = Batches.of(samples, 32)) {
      assertThat(
              batches.map(
                  batch -> Objects.requireNonNull(batch.inputs().get("x")).dims().getFirst()))
          .hasSize(27)
          .containsOnly(32L);
    }
  }

  private SampleSource open(Path path) {
    return SampleSources.open(path, AUDIO, SampleOptions.DEFAULT);
  }

  private void clip(String name, int... samples) throws IOException {
    short[] codes = new short[samples.length];
    for (int i = 0; i < samples.length; i++) {
      codes[i] = (short) samples[i];
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, Wavs.pcm16(8000, codes));
  }

  private static Map<Integer, Long> counts(List<Sample> samples) {
    return samples.stream()
        .collect(
            Collectors.groupingBy(
                sample -> sample.label().orElseThrow(), TreeMap::new, Collectors.counting()));
  }

  private static List<Sample> read(SampleSource source) {
    try (Stream<Sample> samples = source.samples()) {
      return samples.toList();
    }
  }

  private static float[] floats(Sample sample) {
    return ((DenseTensor) sample.input("x")).toFloatArray();
  }

  private static List<TensorSpec> audio(long length) {
    Shape shape = Shape.of(List.of(Dim.of("batch"), Dim.of(1), Dim.of(length)));
    return List.of(new TensorSpec("x", DataType.FLOAT, shape));
  }
}
