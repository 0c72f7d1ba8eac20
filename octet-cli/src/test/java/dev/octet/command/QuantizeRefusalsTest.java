package dev.octet.command;

import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `quantize` does not take, or takes only with a word about it.
class QuantizeRefusalsTest {
  @TempDir private Path folder;
  private Path model = Path.of("");
  private Path data = Path.of("");
  private Path output = Path.of("");

  @BeforeEach
  void files() throws IOException {
    model = folder.resolve("net.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            net (float[N,4] x) => (float[N,3] y)
            <float[4,4] w = {1, -2, 3, -4, 2, 1, 0, 5, 3, 2, 1, 7, -6, 2, 4, 1},
             float[4,3] v = {1, 2, 3, 4, 5, 6, -7, 8, 9, 1, -2, 3}> {
              [first] a = MatMul (x, w)
              r = Relu (a)
              [second] y = MatMul (r, v)
            }
            """),
        model);
    data = arrays("x", 64);
    output = folder.resolve("out.onnx");
  }

  /// An npz of seeded numbers, four a sample, under a name.
  private Path arrays(String name, int samples) throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + samples + ", 4), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    ByteBuffer bytes = ByteBuffer.allocate(128 + 16 * samples).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
    bytes.put(padded.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextDouble(-1, 1));
    }
    Path file = folder.resolve(name + ".npz");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name + ".npy"));
      zip.write(bytes.array());
      zip.closeEntry();
    }
    return file;
  }

  @Test
  void optionsWithoutEffectInThePeersMannerAreRefusedAllAtOnce() {
    Outcome refused =
        run(
            "quantize",
            model,
            "--data",
            data,
            "-o",
            output,
            "--compat",
            "onnxruntime",
            "--float-budget",
            0.2,
            "--target",
            "avx2",
            "--style",
            "COMPACT",
            "--opset",
            17);

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err().lines())
        .hasSize(4)
        .allMatch(line -> line.contains("has no effect with --compat onnxruntime ("))
        .anyMatch(line -> line.contains("--float-budget") && line.contains("--keep-node"))
        .anyMatch(line -> line.contains("--target") && line.contains("--reduce-range"))
        .anyMatch(line -> line.contains("--style") && line.contains("leave it out"))
        .anyMatch(line -> line.contains("octet prepare --opset 17 first"));
    assertThat(output).doesNotExist();
  }

  @Test
  void thePeersMannerNamesNoTarget() {
    assertThat(run("quantize", model, "--data", data, "-o", output, "--compat", "onnxruntime"))
        .matches(done -> done.exitCode() == ExitCodes.OK);
    assertThat(ModelReader.read(output).metadata()).doesNotContainKey("octet.target");
  }

  @Test
  void aBudgetWithoutCalibrationIsRefused() {
    Outcome refused = run("quantize", model, "-o", output, "--dynamic", "--float-budget", 0.2);

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err()).contains("--float-budget: ", "nothing is calibrated", "--keep-node");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format qdq", "--format qoperator", "--dynamic"})
  void aModelThatIsQuantizedAsAWholeIsNotQuantizedAgain(String form) throws IOException {
    Path first = folder.resolve("first.onnx");
    Object[] line =
        ("quantize " + model + " --data " + data + " -o " + first + " " + form).split(" ");
    assertThat(run(line).exitCode()).isZero();

    Outcome again = run("quantize", first, "--data", folder.resolve("missing"), "-o", output);

    assertThat(again.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(again.err().lines())
        .singleElement()
        .asString()
        .contains("first.onnx: is quantized already, first at ")
        .contains("quantize the float model it was made from");
    assertThat(output).doesNotExist();
  }

  @Test
  void whatIsLeftInFloatIsQuantizedWithAWord() {
    Path first = folder.resolve("first.onnx");
    run(
        "quantize",
        model,
        "--data",
        data,
        "-o",
        first,
        "--method",
        "minmax",
        "--keep-node",
        "second");

    Outcome rest = run("quantize", first, "--data", data, "-o", output, "--method", "minmax");

    assertThat(rest.exitCode()).as(rest.err()).isZero();
    assertThat(rest.out())
        .contains("Quantized in part already, first at QuantizeLinear '")
        .contains("1 of 2 convolutions and matrix products are in float.");
    Outcome whole = run("quantize", output, "--data", data, "-o", folder.resolve("no.onnx"));
    assertThat(whole.err()).contains("is quantized already");
  }

  @Test
  void anArrayOfAnotherNameIsTakenWithAWord() throws IOException {
    Path other = arrays("features", 64);

    String said = run("quantize", model, "--data", other, "-o", output).out();

    assertThat(said)
        .contains("note: array 'features' is taken for input 'x', as the model has no other");
    assertThat(run("quantize", model, "--data", data, "-o", output).out()).doesNotContain("note:");
    assertThat(run("quantize", model, "--data", arrays("input_0", 64), "-o", output).out())
        .doesNotContain("note:");
  }

  @Test
  void mistakesAboutPicturesAreToldAllAtOnce() {
    Outcome refused =
        run(
            "quantize",
            model,
            "--data",
            data,
            "-o",
            output,
            "--image-channels",
            "RBG",
            "--image-fit",
            "shrink",
            "--image-size",
            "224",
            "--image-layout",
            "CHW",
            "--image-scale",
            "1/0",
            "--image-mean",
            "0.5,x",
            "--image-std",
            "0");

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err().lines())
        .containsExactly(
            "octet: --image-channels: 'RBG' means nothing here (one of RGB, BGR, GRAY)",
            "octet: --image-fit: 'shrink' means nothing here (one of STRETCH, LETTERBOX, CROP)",
            "octet: --image-size: '224' means nothing here (a size such as 224x224)",
            "octet: --image-layout: 'CHW' means nothing here (one of NCHW, NHWC)",
            "octet: --image-scale: '1/0' means nothing here (a factor such as 1 or 1/255)",
            "octet: --image-mean: '0.5,x' means nothing here (one number, or one a channel, such as"
                + " 0.5,0.5,0.5)",
            "octet: --image-mean, --image-std: a deviation of 0 divides by 0");
  }
}
