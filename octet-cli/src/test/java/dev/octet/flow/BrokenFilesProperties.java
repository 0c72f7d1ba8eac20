package dev.octet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.calibrate.CalibrationFile;
import dev.octet.calibrate.OverridesFile;
import dev.octet.diagnostic.OctetException;
import dev.octet.inspect.ModelInspector;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeAssumptions;
import dev.octet.plan.CalibrationMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// Files broken at random, through the very flows that commands call: each either works or ends in
/// an [OctetException] with something to say, and a refusal leaves nothing behind.
///
/// Together more than two thousand files. The seeds are fixed, so that a failure can be repeated.
class BrokenFilesProperties {
  private static final String SEED = "20261124";
  private static final byte[] MODEL =
      ModelWriter.encode(
          OnnxText.parse(
              """
              <ir_version: 8, opset_import: ["" : 13]>
              g (float[N,2,4] x) => (float[N,3] y)
              <float[2,2,1] w = {1, -2, 3, -4}, float[2] b = {1, 2},
               float[3,2] v = {1, 2, 3, 4, 5, 6}> {
                c = Conv (x, w, b)
                r = Relu (c)
                p = GlobalAveragePool (r)
                f = Flatten (p)
                y = Gemm <transB = 1> (f, v)
              }
              """));

  @SuppressWarnings("NullAway.Init") // set before the first property
  private static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static Path model;

  @SuppressWarnings("NullAway.Init")
  private static Path samples;

  @BeforeContainer
  static void files() throws IOException {
    folder = Files.createTempDirectory("octet-broken");
    model = Files.write(folder.resolve("model.onnx"), MODEL);
    samples = Files.write(folder.resolve("x.npy"), npy());
  }

  @AfterContainer
  static void clear() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Property(tries = 600, seed = SEED, shrinking = ShrinkingMode.OFF)
  void modelsToPrepare(@ForAll long seed) throws IOException {
    Path broken = Files.write(folder.resolve("broken.onnx"), broken(MODEL, seed));
    holds(
        output ->
            PrepareFlow.run(
                new PrepareFlow.Request(
                    broken,
                    Optional.of(output),
                    PassChoice.STANDARD,
                    Optional.empty(),
                    ShapeAssumptions.NONE,
                    Optional.empty(),
                    PrepareFlow.Request.MOST_EACH_PASS),
                Stages.SILENT));
  }

  @Property(tries = 500, seed = SEED, shrinking = ShrinkingMode.OFF)
  void modelsToQuantize(@ForAll long seed) throws IOException {
    Path broken = Files.write(folder.resolve("broken.onnx"), broken(MODEL, seed));
    holds(output -> QuantizeFlow.run(minMax(broken, samples, output), Stages.SILENT));
  }

  @Property(tries = 300, seed = SEED, shrinking = ShrinkingMode.OFF)
  void modelsToInspect(@ForAll long seed) throws IOException {
    Path broken = Files.write(folder.resolve("broken.onnx"), broken(MODEL, seed));
    holds(output -> ModelInspector.inspect(ModelFile.readOnnx(broken).model()));
  }

  @Property(tries = 400, seed = SEED, shrinking = ShrinkingMode.OFF)
  void arrays(@ForAll long seed) throws IOException {
    Path broken = Files.write(folder.resolve("broken.npy"), broken(npy(), seed));
    holds(output -> QuantizeFlow.run(minMax(model, broken, output), Stages.SILENT));
  }

  @Property(tries = 300, seed = SEED, shrinking = ShrinkingMode.OFF)
  void archives(@ForAll long seed) throws IOException {
    Path broken = Files.write(folder.resolve("broken.npz"), broken(npz(), seed));
    holds(output -> QuantizeFlow.run(minMax(model, broken, output), Stages.SILENT));
  }

  @Property(tries = 300, seed = SEED, shrinking = ShrinkingMode.OFF)
  void tables(@ForAll long seed) throws IOException {
    String table =
        """
        {"format":"octet-calibration-1","values":{"x":{"min":-1.0,"max":1.0,"method":"minmax",
        "observed":{"samples":2,"elements":16,"min":-1.0,"max":1.0}}}}
        """;
    Path broken =
        Files.write(
            folder.resolve("broken.json"), broken(table.getBytes(StandardCharsets.UTF_8), seed));
    holds(output -> CalibrationFile.readAny(broken));
  }

  @Property(tries = 300, seed = SEED, shrinking = ShrinkingMode.OFF)
  void overrides(@ForAll long seed) throws IOException {
    String text =
        """
        {"tensors":{"w":{"type":"int8","axis":0,"symmetric":true},"x":{"min":-1,"max":1},
        "y":{"scale":0.5,"zeroPoint":3,"convert":{"type":"uint16","readers":["a*"]}}}}
        """;
    Path broken =
        Files.write(
            folder.resolve("broken.json"), broken(text.getBytes(StandardCharsets.UTF_8), seed));
    holds(output -> OverridesFile.read(broken));
  }

  private interface Flow {
    Object run(Path output);
  }

  /// Runs a flow and looks at what it leaves.
  private static void holds(Flow flow) throws IOException {
    Path output = folder.resolve("out.onnx");
    Files.deleteIfExists(output);
    List<Path> before = listing();
    try {
      flow.run(output);
      Files.deleteIfExists(output);
    } catch (OctetException refusal) {
      assertThat(refusal.diagnostics()).isNotEmpty();
      assertThat(refusal.diagnostics().getFirst().message()).isNotBlank();
    }
    assertThat(listing()).as("files left behind").isEqualTo(before);
  }

  private static List<Path> listing() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static QuantizeRequest minMax(Path model, Path data, Path output) {
    return new QuantizeRequest(
        model,
        output,
        Optional.of(sampled(data)),
        new QuantizeRequest.Ranges.Method(CalibrationMethod.minMax()),
        Wishes.NONE,
        QuantizeRequest.Changes.ALLOWED,
        OptionalDouble.empty(),
        QuantizeRequest.Bars.NONE);
  }

  private static SampleRequest sampled(Path data) {
    return new SampleRequest(data, OptionalInt.empty(), 0, OptionalInt.empty(), Optional.empty());
  }

  /// One to eight changes: a bit turned, a byte replaced, a piece cut out, doubled or filled.
  private static byte[] broken(byte[] sound, long seed) {
    Random random = new Random(seed);
    byte[] bytes = sound.clone();
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes && bytes.length > 2; i++) {
      int at = random.nextInt(bytes.length);
      int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes = joined(bytes, at, at + length);
        case 3 -> bytes = joined(bytes, at + length, at);
        default -> Arrays.fill(bytes, at, at + length, random.nextBoolean() ? (byte) -1 : (byte) 0);
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
  }

  /// What is before `end` and from `start` on: less or more than all of it.
  private static byte[] joined(byte[] bytes, int end, int start) {
    byte[] joined = Arrays.copyOf(bytes, end + bytes.length - start);
    System.arraycopy(bytes, start, joined, end, bytes.length - start);
    return joined;
  }

  /// Four samples for the model.
  private static byte[] npy() {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2, 4), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    ByteBuffer file =
        ByteBuffer.allocate(128 + 4 * 32)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
            .putShort((short) 118)
            .put(padded.getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 32; i++) {
      file.putFloat((float) Math.sin(i));
    }
    return file.array();
  }

  private static byte[] npz() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(npy());
    }
    return bytes.toByteArray();
  }
}
