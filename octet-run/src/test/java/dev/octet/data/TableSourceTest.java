package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.runtime.TensorSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableSourceTest {
  private static final List<TensorSpec> TWO =
      List.of(
          new TensorSpec("x", DataType.FLOAT, Shape.of(List.of(Dim.of("batch"), Dim.of(2)))),
          new TensorSpec("n", DataType.INT64, Shape.of(List.of(Dim.of("batch")))));
  private static final String CSV = "n,x_0,\"x_1\",label\n7,1.5,-2,dog\n\n8,\"3\",1e-3,cat\n";
  private static final String JSON =
      """
      {"x": [1.5, -2], "n": 7, "label": "dog"}
      {"x": [[3, 0.001]], "n": [8], "label": "cat"}
      """;

  @TempDir Path folder;

  @Test
  void takesColumnsByName() throws Exception {
    for (Path file : List.of(file("a.csv", CSV), file("b.jsonl", JSON))) {
      SampleSource source = SampleSources.open(file, TWO, SampleOptions.DEFAULT);
      assertThat(source.labels()).containsExactly("cat", "dog");
      assertThat(source.size()).isEqualTo(2);
      List<Sample> samples = read(source);
      assertThat(samples.getFirst().label()).hasValue(1);
      assertThat(samples.getFirst().inputs())
          .isEqualTo(
              Map.of(
                  "x", DenseTensor.ofFloats(new float[] {1.5f, -2}, 1, 2),
                  "n", DenseTensor.ofLongs(new long[] {7}, 1)));
      assertThat(samples.getLast().input("x"))
          .isEqualTo(DenseTensor.ofFloats(new float[] {3, 1e-3f}, 1, 2));
    }
  }

  @Test
  void givesASingleInputAllColumnsButTheLabel() throws Exception {
    TensorSpec input = new TensorSpec("data", DataType.FLOAT, Shape.of(1, 1, 3));
    Path file = file("a.csv", "\uFEFFa,b,y,c\n1,2,4,3\n");
    Sample sample =
        read(SampleSources.open(file, List.of(input), SampleOptions.DEFAULT)).getFirst();
    assertThat(sample.input("data"))
        .isEqualTo(DenseTensor.ofFloats(new float[] {1, 2, 3}, 1, 1, 3));
    assertThat(sample.label()).hasValue(4);
  }

  @Test
  void namesTheLineAndTheColumn() throws Exception {
    refuses("n,x_0,x_1\n1,2\n", "a.csv, line 2: has 2 fields where there are 3 columns");
    refuses("n,x_0,x_1\n1,2,3\n1,oops,3\n", "a.csv, line 3: column 'x' holds 'oops'");
    refuses("n,x_0,x_1\n1.5,2,3\n", "column 'n' holds 1.5 where a whole number");
    refuses("n,z\n1,2\n", "has no column for input x: float[batch,2]");
    refuses("n,x_0,x_1,x_2\n1,2,3,4\n", "has 3 numbers for input x");
    refuses("", "has no line of column names");
    refuses("n,x_0,x_1\n", "holds no samples");
  }

  @Test
  void refusesArraysNestedInAnotherOrder() throws Exception {
    List<TensorSpec> image = List.of(new TensorSpec("x", DataType.FLOAT, Shape.of(1, 3, 2, 1)));
    Path turned = file("turned.jsonl", "{\"x\":[[[1,2,3]],[[4,5,6]]]}\n");
    assertThatThrownBy(() -> read(SampleSources.open(turned, image, SampleOptions.DEFAULT)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("turned.jsonl, line 1: nests its numbers as [2, 1, 3] for input x")
        .hasMessageContaining("transpose it by (0, 3, 1, 2): its channels are last");
    for (String right : List.of("[[1,2],[3,4],[5,6]]", "[[[[1],[2]],[[3],[4]],[[5],[6]]]]")) {
      Path file = file("right.jsonl", "{\"x\":" + right + "}\n{\"x\":[1,2,3,4,5,6]}\n");
      assertThat(read(SampleSources.open(file, image, SampleOptions.DEFAULT)))
          .extracting(sample -> sample.input("x"))
          .containsOnly(DenseTensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6}, 1, 3, 2, 1));
    }
  }

  @Test
  void takesAnyIterableOfNamedTensors() {
    List<Map<String, Tensor>> made =
        List.of(
            Map.of("x", DenseTensor.ofFloats(new float[] {1}, 1)),
            Map.of("x", DenseTensor.ofFloats(new float[] {2}, 1)));
    Iterable<Map<String, Tensor>> uncounted = () -> made.stream().iterator();
    SampleSource source = SampleSource.of(uncounted);
    assertThat(source.size()).isEqualTo(2);
    assertThat(read(source)).extracting(Sample::inputs).isEqualTo(made);
    assertThat(read(source)).hasSize(2);
  }

  @Test
  void looksAtInputsAndRefusesAxesInAnotherOrder() {
    TensorSpec image = new TensorSpec("x", DataType.FLOAT, Shape.of(1, 3, 4, 4));
    SampleSource last =
        SampleSource.of(
            List.of(),
            List.of(
                Sample.unlabelled(
                    "a", Map.of("x", DenseTensor.ofFloats(new float[48], 1, 4, 4, 3)))));
    assertThatThrownBy(() -> InputStatistics.of("m", List.of(image), last, 8))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("sample 0, a")
        .hasMessageContaining("transpose it by (0, 3, 1, 2): its channels are last");
    float[] bytes = new float[48];
    bytes[5] = 255;
    SampleSource whole =
        SampleSource.of(
            List.of(),
            List.of(Sample.unlabelled("a", Map.of("x", DenseTensor.ofFloats(bytes, 1, 3, 4, 4)))));
    assertThat(InputStatistics.of("m", List.of(image), whole, 8).lines())
        .first()
        .asString()
        .startsWith("x [1,3,4,4]: 0.000 … 255.0, mean 5.313");
    assertThat(InputStatistics.of("m", List.of(image), whole, 8).lines().get(1))
        .contains("divide by 255");
  }

  @Test
  void looksAtWholeNumbersToo() {
    TensorSpec ids = new TensorSpec("ids", DataType.INT64, Shape.of(1, 3));
    TensorSpec mask = new TensorSpec("mask", DataType.BOOL, Shape.of(1, 2));
    Map<String, Tensor> inputs =
        Map.of(
            "ids", DenseTensor.ofLongs(new long[] {7, 30521, 2}, 1, 3),
            "mask", DenseTensor.ofBytes(DataType.BOOL, new byte[] {1, 0}, 1, 2));
    SampleSource tokens = SampleSource.of(List.of(), List.of(Sample.unlabelled("a", inputs)));

    assertThat(InputStatistics.of("m", List.of(ids, mask), tokens, 8).lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("ids [1,3]: 2.000 … 3.052e+04"),
            line -> assertThat(line).startsWith("mask [1,2]: 0.000 … 1.000, mean 0.5000"));
  }

  @Property(tries = 600, seed = "20261124")
  void brokenFilesEndInAMessage(@ForAll Random random) throws IOException {
    boolean csv = random.nextBoolean();
    byte[] bytes = (csv ? CSV : JSON).getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    Path scratch = Files.createTempFile("broken", csv ? ".csv" : ".jsonl");
    try {
      Files.write(scratch, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
      read(SampleSources.open(scratch, TWO, SampleOptions.DEFAULT));
    } catch (OctetException expected) {
      assertThat(expected.getMessage()).contains("broken");
    } finally {
      Files.delete(scratch);
    }
  }

  private void refuses(String text, String message) throws IOException {
    Path file = file("a.csv", text);
    assertThatThrownBy(() -> read(SampleSources.open(file, TWO, SampleOptions.DEFAULT)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining(message);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<Sample> read(SampleSource source) {
    try (Stream<Sample> samples = source.samples()) {
      return samples.toList();
    }
  }
}
