package dev.octet.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// Whatever is done to the bytes of a model, `prepare`, `lint` and `inspect` either work or say in
/// one line a finding what is wrong, with the exit code for it, and leave no file.
class DamagedModelFileTest {
  private static final List<byte[]> MODELS =
      Stream.of(
              """
              <ir_version: 8, opset_import: ["" : 17]>
              net (float[N,1,8] x) => (float[N,2] y) <
                float[2,1,3] w = {1, -1, 2, 0, 1, 3}, float[2] b = {0.5, -1}, float[2] one = {1, 1},
                int64[2] shape = {-1, 12}, float[12,2] v = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5,
                6, 7, 8, 9, 1, 2, 3, 4, 5, 6}
              > {
                a = Conv <kernel_shape = [3]> (x, w, b)
                n = BatchNormalization (a, one, b, b, one)
                r = Relu (n)
                f = Reshape (r, shape)
                p = MatMul (f, v)
                y = Add (p, b)
              }
              """,
              """
              <ir_version: 8, opset_import: ["" : 17]>
              choose (bool c, float[N] x) => (float[N] y) {
                y = If <
                  then_branch = yes () => (float[N] r) { r = Relu (x) },
                  else_branch = no () => (float[N] r) <float two = {2}> { r = Mul (x, two) }
                > (c)
              }
              """,
              """
              <ir_version: 8, opset_import: ["" : 17]>
              codes (uint8[1,1,4] x) => (y) <float s = {0.1}, int8[1,1,1] w = {1}, int8 z = {0}> {
                a = DequantizeLinear (x, s)
                back = DequantizeLinear (w, s, z)
                c = Conv (a, back)
                positive = Relu (c)
                y = QuantizeLinear (positive, s)
              }
              """)
          .map(text -> ModelWriter.encode(OnnxText.parse(text)))
          .toList();

  @SuppressWarnings("NullAway.Init") // set before the first try
  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("damaged");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 200, seed = "20261124")
  void endsInAResultOrALine(@ForAll long seed) throws IOException {
    Path damaged = Files.write(folder.resolve("damaged.onnx"), damaged(seed));
    Path prepared = folder.resolve("prepared.onnx");
    Outcome prepare = run("prepare", damaged, "-o", prepared);
    assertThat(Files.exists(prepared)).as(prepare.err()).isEqualTo(prepare.exitCode() == 0);
    Files.deleteIfExists(prepared);
    run("lint", damaged, "--runtime", "1.17");
    run("inspect", damaged, "--nodes", "--initializers");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(damaged);
    }
  }

  @Example
  void saysThatAModelWithoutOutputsComputesNothing() throws IOException {
    Path silent =
        Files.write(
            folder.resolve("damaged.onnx"),
            ModelWriter.encode(
                OnnxText.parse(
                    """
                    <ir_version: 8, opset_import: ["" : 17]>
                    silent (float[2] x) => () { y = Relu (x) }
                    """)));
    Path result = folder.resolve("result.onnx");
    for (Outcome outcome :
        List.of(
            run("prepare", silent, "-o", result),
            run("quantize", silent, "--dynamic", "-o", result))) {
      assertThat(outcome.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
      assertThat(outcome.err()).contains("declares no outputs");
    }
  }

  private static Outcome run(Object... words) {
    Outcome outcome = CommandLines.run(words);
    if (outcome.exitCode() != 0) {
      assertThat(outcome.exitCode()).as(outcome.err()).isIn(ExitCodes.BAD_INPUT, ExitCodes.FAILURE);
      assertThat(outcome.err().lines().limit(5))
          .isNotEmpty()
          .allMatch(line -> line.startsWith("octet: "))
          .noneMatch(line -> line.contains("bug in octet"));
      assertThat(outcome.out()).isEmpty();
    }
    return outcome;
  }

  private static byte[] damaged(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = MODELS.get(random.nextInt(MODELS.size())).clone();
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        default -> {
          int length = Math.min(random.nextInt(1, 9), bytes.length - at);
          System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
        }
      }
    }
    return bytes;
  }
}
