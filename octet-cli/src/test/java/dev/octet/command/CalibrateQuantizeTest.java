package dev.octet.command;

import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `calibrate` and `quantize` end to end on a model of a few nodes: what their words promise.
class CalibrateQuantizeTest {
  private static final int SAMPLES = 400;

  @TempDir private Path folder;
  private Path model = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void files() throws IOException {
    model = folder.resolve("net.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            net (float[N,2,8] x) => (float[N,8] y)
            <float[2,2,1] w = {1, -2, 3, -4}, int64[2] s = {0, -1}, float[8,8] v = {
              1, 2, 3, 4, 5, 6, 7, 8, 2, 1, 3, 4, 5, 6, 7, 8, 3, 2, 1, 4, 5, 6, 7, 8,
              4, 2, 3, 1, 5, 6, 7, 8, 5, 2, 3, 4, 1, 6, 7, 8, 6, 2, 3, 4, 5, 1, 7, 8,
              7, 2, 3, 4, 5, 6, 1, 8, 8, 2, 3, 4, 5, 6, 7, 1}> {
              c = Conv (x, w)
              r = Relu (c)
              p = MaxPool <kernel_shape = [2], strides = [2]> (r)
              f = Reshape (p, s)
              [last] y = MatMul (f, v)
            }
            """),
        model);
    data = samples("x.jsonl", "2,8", 16, SAMPLES);
  }

  /// JSON lines of seeded numbers in a shape.
  private Path samples(String name, String shape, int count, int samples) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder text = new StringBuilder();
    String[] sizes = shape.split(",");
    int rows = Integer.parseInt(sizes[0]);
    for (int i = 0; i < samples; i++) {
      text.append("{\"x\":[");
      for (int row = 0; row < rows; row++) {
        text.append(row == 0 ? "[" : ",[");
        for (int j = 0; j < count / rows; j++) {
          text.append(j == 0 ? "" : ",")
              .append(String.format(Locale.ROOT, "%.4f", random.nextDouble(-1, 1)));
        }
        text.append(']');
      }
      text.append("]}\n");
    }
    return Files.writeString(folder.resolve(name), text);
  }

  private static void succeeds(Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
  }

  @Test
  void belowTheBarTheWorstTensorsAreNamed() {
    Path output = folder.resolve("bar.onnx");
    Outcome outcome = run("quantize", model, "--data", data, "-o", output, "--min-sqnr", "90");
    assertThat(outcome.exitCode()).isEqualTo(ExitCodes.VERDICT_NOT_MET);
    assertThat(outcome.out()).contains("NOT MET", "Tensors that differ most");
    assertThat(outcome.out().lines()).anyMatch(line -> line.strip().matches("[crpfy] .*dB.*"));
    assertThat(outcome.out()).contains("Inputs of the first samples", "x [1,2,8]: -");
  }

  @Test
  void whatCannotWorkIsRefusedAllAtOnce() throws IOException {
    byte[] before = Files.readAllBytes(model);
    Outcome refused =
        run(
            "quantize",
            model,
            "--data",
            data,
            "-o",
            model,
            "--opset",
            "12",
            "--weight-symmetry",
            "asymmetric",
            "--float-budget",
            "3",
            "--min-agreement",
            "7");
    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err().lines())
        .hasSize(5)
        .anyMatch(line -> line.contains("-o: is the float model itself"))
        .anyMatch(line -> line.contains("--opset: 12 lacks what these types and scales need"))
        .anyMatch(line -> line.contains("scales per channel are symmetric"));
    assertThat(model).hasBinaryContent(before);

    Path output = folder.resolve("older.onnx");
    Outcome older =
        run("quantize", model, "--data", data, "-o", output, "--per-tensor", "--opset", "12");
    assertThat(older.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(older.err()).contains("in opset 17, and moves upwards only");
    assertThat(output).doesNotExist();
  }

  /// Wherever it lies: among the samples that calibrate, choose or judge.
  @ParameterizedTest
  @ValueSource(ints = {0, 3, 150, 250, 399})
  void aSampleThatIsNoNumberIsNamed(int bad) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(data));
    lines.set(bad, lines.get(bad).replaceFirst("\\[\\[[^,]*", "[[NaN"));
    Path broken = Files.write(folder.resolve("nan.jsonl"), lines);
    Path output = folder.resolve("nan.onnx");

    Outcome refused = run("quantize", model, "--data", broken, "-o", output);

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.err()).contains("NaN", "nan.jsonl:" + (bad + 1), "'x'");
    assertThat(output).doesNotExist();
  }

  /// Numbers of classes are equal or not; how far apart they are is no noise.
  @Test
  void choicesAreJudgedByAgreementAlone() throws IOException {
    Path chooser = folder.resolve("chooser.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            net (float[N,8] x) => (int64[N] y) <float[8,3] v = {
              1, -2, 3, 4, -5, 6, 7, 8, -9, 1, 2, -3, 4, 5, -6, 7, -8, 9, 1, 2, -3, 4, -5, 6}> {
              s = MatMul (x, v)
              y = ArgMax <axis = 1, keepdims = 0> (s)
            }
            """),
        chooser);
    Path numbers = samples("numbers.jsonl", "1,8", 8, 200);
    Path flat = folder.resolve("flat.jsonl");
    Files.writeString(flat, Files.readString(numbers).replace("[[", "[").replace("]]", "]"));
    Path output = folder.resolve("chooser-int8.onnx");

    Outcome judged =
        run("quantize", chooser, "--data", flat, "-o", output, "--min-agreement", "0.8");
    succeeds(judged);
    assertThat(judged.out()).contains("of top-1 predictions the same").doesNotContain("SQNR -");
    assertThat(judged.out().lines()).noneMatch(line -> line.startsWith("SQNR"));

    Files.delete(output);
    Outcome refused = run("quantize", chooser, "--data", flat, "-o", output, "--min-sqnr", "20");
    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err()).contains("--min-sqnr", "choices", "--min-agreement");
    assertThat(output).doesNotExist();
  }

  /// What Python's script takes when it names a method and no more, so does the command.
  @Test
  void aMethodWithoutItsNumberTakesTheUsualOne() {
    Path output = folder.resolve("percentile.onnx");
    succeeds(
        run("quantize", model, "--data", data, "-o", output, "--method", "percentile", "--plan"));
    Outcome table =
        run(
            "calibrate",
            model,
            "--data",
            data,
            "-o",
            folder.resolve("t.json"),
            "--method",
            "percentile");
    succeeds(table);
    assertThat(table.out()).contains("percentile:99.999");
    Outcome wrong =
        run("quantize", model, "--data", data, "-o", output, "--method", "percentile:40");
    assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(wrong.err()).contains("percentile:40", "above 50");
  }

  @Test
  void reluKeepsItsZeroPointAtTheEndAndPoolAndReshapeItsScale() {
    Path output = folder.resolve("int8.onnx");
    succeeds(
        run("quantize", model, "--data", data, "-o", output, "--method", "minmax", "--no-prepare"));
    Model written = ModelReader.read(output);
    Node ofRelu = quantizeOf(written, "Conv");
    DenseTensor zeroPoint = constant(ofRelu, 2);
    assertThat(zeroPoint.longAt(0)).isIn(0L, -128L);
    double scale = constant(ofRelu, 1).doubleAt(0);
    assertThat(constant(quantizeOf(written, "MaxPool"), 1).doubleAt(0)).isEqualTo(scale);
    assertThat(constant(quantizeOf(written, "Reshape"), 1).doubleAt(0)).isEqualTo(scale);
  }

  /// The QuantizeLinear that reads the only node of a kind, or the Relu's producer.
  private static Node quantizeOf(Model written, String opType) {
    return written.graph().nodes().stream()
        .filter(node -> node.is("QuantizeLinear"))
        .filter(
            node ->
                node.input(0).orElseThrow().producer().filter(from -> from.is(opType)).isPresent())
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing quantizes the output of " + opType));
  }

  private static DenseTensor constant(Node node, int input) {
    return (DenseTensor) node.input(input).orElseThrow().initializer().orElseThrow();
  }

  @Test
  void sampleLayoutIsRefusedBeforeAnyWork() throws IOException {
    Path turned = Files.write(folder.resolve("turned.npy"), npy("(3, 8, 2)", 48));
    Path output = folder.resolve("none.onnx");
    Outcome outcome = run("quantize", model, "--data", turned, "-o", output);
    assertThat(outcome.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(outcome.err()).contains("transpose");
    assertThat(output).doesNotExist();
  }

  private static byte[] npy(String shape, int count) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    return ByteBuffer.allocate(128 + 4 * count)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) 118)
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  @Test
  void thePeersMannerSaysThatTheSameSamplesCalibrated() {
    Path output = folder.resolve("peer.onnx");
    Outcome outcome =
        run("quantize", model, "--data", data, "-o", output, "--compat", "onnxruntime");
    succeeds(outcome);
    assertThat(outcome.out()).contains("the same that calibrated").doesNotContain("held back");
  }

  @Test
  void thePeersMannerKeepsNodesAndRefusesToKeepTypes() {
    Path output = folder.resolve("kept.onnx");
    Outcome outcome =
        run(
            "quantize",
            model,
            "--data",
            data,
            "-o",
            output,
            "--compat",
            "onnxruntime",
            "--keep-op",
            "MatMul");
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCodes.USAGE);
    assertThat(outcome.err()).contains("--keep-op", "--keep-node");
    assertThat(output).doesNotExist();

    succeeds(
        run(
            "quantize",
            model,
            "--data",
            data,
            "-o",
            output,
            "--compat",
            "onnxruntime",
            "--keep-node",
            nodeOf("MatMul")));
    assertThat(ModelReader.read(output).graph().findValue("v_quantized")).isEmpty();
  }

  private String nodeOf(String opType) {
    return ModelReader.read(model).graph().nodes().stream()
        .filter(node -> node.is(opType))
        .findFirst()
        .orElseThrow()
        .name();
  }

  @Test
  void shardsMergeToTheTableOfAll() {
    Path whole = folder.resolve("whole.json");
    Path one = folder.resolve("one.json");
    Path two = folder.resolve("two.json");
    Path merged = folder.resolve("merged.json");
    succeeds(run("calibrate", model, "--data", data, "-o", whole));
    succeeds(run("calibrate", model, "--data", data, "-o", one, "--shard", "1/2"));
    succeeds(run("calibrate", model, "--data", data, "-o", two, "--shard", "2/2"));
    succeeds(run("calibrate", "--merge", one, two, "-o", merged));
    assertThat(merged).hasSameBinaryContentAs(whole);
    Path output = folder.resolve("table.onnx");
    Outcome outcome = run("quantize", model, "--data", data, "-o", output, "--calibration", merged);
    succeeds(outcome);
    assertThat(outcome.out()).doesNotContain("held back");
  }
}
