package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.io.OnnxText;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  @TempDir Path folder;

  @Test
  void ordersChannelsAndAxesAsDeclared() throws Exception {
    picture("cat/a.png", new int[][] {{0x0A141E, 0x28323C}});
    picture("dog/b.png", new int[][] {{0, 0}});
    SampleOptions plain =
        SampleOptions.DEFAULT.withImages(ImagePreparation.builder().scale(1).build());
    SampleSource first = SampleSources.open(folder, input(1, 3, 1, 2), plain);
    assertThat(first.labels()).containsExactly("cat", "dog");
    assertThat(first.size()).isEqualTo(2);
    assertThat(only(first).input("x"))
        .isEqualTo(DenseTensor.ofFloats(new float[] {10, 40, 20, 50, 30, 60}, 1, 3, 1, 2));
    assertThat(only(first).label()).hasValue(0);
    assertThat(only(SampleSources.open(folder, input(1, 1, 2, 3), plain)).input("x"))
        .isEqualTo(DenseTensor.ofFloats(new float[] {10, 20, 30, 40, 50, 60}, 1, 1, 2, 3));
    SampleOptions normalized =
        SampleOptions.DEFAULT.withImages(
            ImagePreparation.builder()
                .scale(0.1)
                .channels(ImagePreparation.Channels.BGR)
                .mean(List.of(1.0, 2.0, 3.0))
                .std(List.of(2.0))
                .build());
    assertThat(only(SampleSources.open(folder, input(1, 3, 1, 2), normalized)).input("x"))
        .isEqualTo(DenseTensor.ofFloats(new float[] {1, 2.5f, 0, 1.5f, -1, 0.5f}, 1, 3, 1, 2));
  }

  @Test
  void fitsPicturesOfOtherProportions() throws Exception {
    picture("a.png", new int[][] {{0x000000, 0x646464, 0xC8C8C8, 0xFFFFFF}});
    assertThat(fitted(ImagePreparation.Fit.LETTERBOX, 2, 2)).containsExactly(50, 227.5f, 114, 114);
    assertThat(fitted(ImagePreparation.Fit.CROP, 1, 2)).containsExactly(100, 200);
    assertThat(fitted(ImagePreparation.Fit.STRETCH, 2, 1))
        .containsExactly(0, 100, 200, 255, 0, 100, 200, 255);
  }

  @Test
  void resizesAsOnnxRuntimeDoes() {
    Random random = new Random(4);
    float[] plane = new float[7 * 5];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = random.nextInt(256);
    }
    for (int[] size : new int[][] {{3, 4}, {11, 9}, {7, 2}, {1, 1}, {14, 10}}) {
      String text =
          """
          <ir_version: 8, opset_import: ["" : 13]>
          g (float[1,1,5,7] x) => (float[1,1,%d,%d] y) <int64[4] sizes = {1, 1, %d, %d}> {
            y = Resize <mode = "linear", coordinate_transformation_mode = "half_pixel">
                (x, "", "", sizes)
          }
          """
              .formatted(size[1], size[0], size[1], size[0]);
      try (InferenceSession session =
          InferenceSession.open(OnnxText.parse(text), "resize", SessionOptions.DEFAULT)) {
        float[] expected =
            ((DenseTensor)
                    Objects.requireNonNull(
                        session.run(Map.of("x", DenseTensor.ofFloats(plane, 1, 1, 5, 7))).get("y")))
                .toFloatArray();
        assertThat(Bilinear.resized(plane, 7, 5, size[0], size[1]))
            .containsExactly(expected, Offset.offset(1e-3f));
      }
    }
  }

  @Test
  void saysWhatIsWrongWithWhichFile() throws Exception {
    picture("a.png", new int[][] {{0}});
    Files.write(folder.resolve("b.jpg"), new byte[] {1, 2, 3});
    SampleSource source = SampleSources.open(folder, input(1, 3, 1, 1), SampleOptions.DEFAULT);
    refuses(
        () -> {
          try (Stream<Sample> samples = source.samples()) {
            samples.toList();
          }
        },
        "b.jpg: is no picture of a known format");
    refuses(
        () -> SampleSources.open(folder, input(1, 2, 8, 8), SampleOptions.DEFAULT),
        "does not take 3 channels");
    TensorSpec open =
        new TensorSpec(
            "x", DataType.FLOAT, Shape.of(List.of(Dim.of(1), Dim.of(3), Dim.of("h"), Dim.of("w"))));
    refuses(
        () -> SampleSources.open(folder, List.of(open), SampleOptions.DEFAULT),
        "takes pictures of any size");
  }

  private float[] fitted(ImagePreparation.Fit fit, int height, int width) {
    ImagePreparation preparation =
        ImagePreparation.builder()
            .scale(1)
            .channels(ImagePreparation.Channels.GRAY)
            .fit(fit)
            .build();
    int columns = fit == ImagePreparation.Fit.STRETCH ? 4 : width;
    SampleSource source =
        SampleSources.open(
            folder, input(1, 1, height, columns), SampleOptions.DEFAULT.withImages(preparation));
    float[] values = ((DenseTensor) only(source).input("x")).toFloatArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i] * 100) / 100f;
    }
    return values;
  }

  private static Sample only(SampleSource source) {
    try (Stream<Sample> samples = source.samples()) {
      return samples.findFirst().orElseThrow();
    }
  }

  private static List<TensorSpec> input(long... dims) {
    return List.of(new TensorSpec("x", DataType.FLOAT, Shape.of(dims)));
  }

  private void picture(String name, int[][] rows) throws IOException {
    BufferedImage image =
        new BufferedImage(rows[0].length, rows.length, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < rows.length; y++) {
      for (int x = 0; x < rows[y].length; x++) {
        image.setRGB(x, y, rows[y][x]);
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  private static void refuses(ThrowingCallable work, String message) {
    assertThatThrownBy(work).isInstanceOf(OctetException.class).hasMessageContaining(message);
  }
}
