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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpySourceTest {
  private static final TensorSpec PAIRS = spec("pairs", DataType.FLOAT, Dim.of("n"), Dim.of(2));

  @TempDir Path folder;

  @Test
  void cutsAnArrayIntoSamplesAlongItsFirstAxis() throws Exception {
    Path file = folder.resolve("any.npy");
    Files.write(file, floats("<f4", "(3, 2)", 1, 2, 3, 4, 5, 6));
    SampleSource source = open(file, PAIRS);
    assertThat(source.size()).isEqualTo(3);
    for (int pass = 0; pass < 2; pass++) {
      List<Sample> samples = read(source);
      assertThat(samples.get(1).name()).isEqualTo(file + "[1]");
      assertThat(samples)
          .extracting(sample -> ((DenseTensor) sample.input("pairs")).toFloatArray())
          .containsExactly(new float[] {1, 2}, new float[] {3, 4}, new float[] {5, 6});
      assertThat(samples.get(0).input("pairs").dims()).containsExactly(1L, 2L);
    }
  }

  @Test
  void readsArchivesWithLabelsAndBigEndianNumbers() throws Exception {
    Path file =
        zip(
            Map.of(
                "pairs.npy", floats(">f4", "(2, 2)", 1, 2, 3, 4),
                "labels.npy", longs("(2,)", 1, 0),
                "output_0.npy", floats("<f4", "(2,)", 9, 9)));
    SampleSource source =
        SampleSources.open(
            file, List.of(PAIRS), SampleOptions.DEFAULT.withLabels(List.of("a", "b")));
    List<Sample> samples = read(source);
    assertThat(samples).extracting(sample -> sample.label().orElseThrow()).containsExactly(1, 0);
    assertThat(samples.get(1).inputs())
        .isEqualTo(Map.of("pairs", DenseTensor.ofFloats(new float[] {3, 4}, 1, 2)));
  }

  @Test
  void takesArraysOfOtherCountsAsOneSample() throws Exception {
    TensorSpec other = spec("other", DataType.FLOAT, Dim.of("m"));
    Path file =
        zip(
            Map.of(
                "input_0.npy", floats("<f4", "(2, 2)", 1, 2, 3, 4),
                "input_1.npy", floats("<f4", "(3,)", 5, 6, 7)));
    List<Sample> samples =
        read(SampleSources.open(file, List.of(PAIRS, other), SampleOptions.DEFAULT));
    assertThat(samples).hasSize(1);
    assertThat(samples.getFirst().input("pairs").dims()).containsExactly(2L, 2L);
    assertThat(samples.getFirst().input("other").dims()).containsExactly(3L);
  }

  @Test
  void keepsAFixedBatchTogether() throws Exception {
    TensorSpec fixed = spec("pairs", DataType.FLOAT, Dim.of(2), Dim.of(2));
    Path file = folder.resolve("x.npy");
    Files.write(file, floats("<f4", "(4, 2)", 1, 2, 3, 4, 5, 6, 7, 8));
    assertThat(read(open(file, fixed)))
        .extracting(sample -> sample.input("pairs").dims())
        .containsExactly(List.of(2L, 2L), List.of(2L, 2L));
  }

  @Test
  void readsWhatNumPyWrote() {
    Path file = SharedData.pt2("n1_ptq.npz");
    TensorSpec input =
        new TensorSpec(
            "x", DataType.FLOAT, Shape.of(List.of(Dim.of("n"), Dim.unknown(), Dim.unknown())));
    assertThat(read(open(file, input))).hasSize(4);
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    refuses("not an array".getBytes(StandardCharsets.UTF_8), "is no .npy file");
    refuses(floats("<f8", "(1, 1)", 1, 2), "DOUBLE[1, 1]; expected samples for input pairs");
    refuses(floats("<f4", "(2, 3)", 1, 2, 3, 4, 5, 6), "FLOAT[2, 3]; expected samples");
    refuses(floats("<f4", "(99999999999, 99999999999)"), "impossible shape");
    refuses(floats("<U4", "(1, 2)", 1, 2), "NumPy type 'U4'");
    refuses(floats("<f4", "(0, 2)"), "holds no samples");
    refuses(header("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }"), "Fortran order");
    byte[] whole = floats("<f4", "(2, 2)", 1, 2, 3, 4);
    refuses(Arrays.copyOf(whole, whole.length - 1), "is cut short");
    refuses(Arrays.copyOf(whole, 20), "cut short within its header");
    Path unlabelled = zip(Map.of("a.npy", whole, "b.npy", whole));
    assertThatThrownBy(() -> open(unlabelled, PAIRS))
        .hasMessageContaining("has no array for input pairs: float[n,2]; it holds [a, b]");
    Path labelled = zip(Map.of("pairs.npy", whole, "y.npy", longs("(2,)", 0, 7)));
    SampleOptions options = SampleOptions.DEFAULT.withLabels(List.of("a", "b"));
    assertThatThrownBy(() -> SampleSources.open(labelled, List.of(PAIRS), options))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("sample 1 has class 7");
  }

  private void refuses(byte[] bytes, String message) throws IOException {
    Path file = folder.resolve("x.npy");
    Files.write(file, bytes);
    assertThatThrownBy(() -> read(open(file, PAIRS)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining(message);
  }

  private static SampleSource open(Path file, TensorSpec input) {
    return SampleSources.open(file, List.of(input), SampleOptions.DEFAULT);
  }

  private static List<Sample> read(SampleSource source) {
    try (Stream<Sample> samples = source.samples()) {
      return samples.toList();
    }
  }

  private Path zip(Map<String, byte[]> entries) throws IOException {
    Path file = Files.createTempFile(folder, "arrays", ".npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  private static byte[] floats(String type, String shape, float... values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * 4)
            .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return array(type, shape, data.array());
  }

  private static byte[] longs(String shape, long... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      data.putLong(value);
    }
    return array("<i8", shape, data.array());
  }

  private static byte[] array(String type, String shape, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        header("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }"));
    out.writeBytes(data);
    return out.toByteArray();
  }

  private static byte[] header(String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(10 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    return out.putShort((short) bytes.length).put(bytes).array();
  }

  private static TensorSpec spec(String name, DataType type, Dim... dims) {
    return new TensorSpec(name, type, Shape.of(List.of(dims)));
  }
}
