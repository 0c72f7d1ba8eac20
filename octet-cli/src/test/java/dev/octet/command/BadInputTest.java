package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.WORDS;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bad input ends in one line that names what is wrong, the right exit code, and no file.
class BadInputTest {
  @TempDir private static Path folder;
  private static Path onnx;
  private static Path output;

  @BeforeAll
  static void export() {
    onnx = folder.resolve("m5.onnx");
    output = folder.resolve("never.onnx");
    assertThat(run("export", M5, "-o", onnx).exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"export", "ptq", "qat", "train"})
  void aMissingProgramIsNamed(String command) {
    refused(ExitCodes.BAD_INPUT, "absent.pt2", with(command, folder.resolve("absent.pt2")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prepare", "quantize"})
  void aMissingModelIsNamed(String command) {
    refused(ExitCodes.BAD_INPUT, "absent.onnx", with(command, folder.resolve("absent.onnx")));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 1000, 50_000})
  void aTruncatedModelIsNamed(int length) throws IOException {
    Path broken = folder.resolve("broken" + length + ".onnx");
    Files.write(broken, Arrays.copyOf(Files.readAllBytes(onnx), length));
    refused(ExitCodes.BAD_INPUT, broken.getFileName().toString(), with("prepare", broken));
    refused(ExitCodes.BAD_INPUT, broken.getFileName().toString(), "inspect", broken);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 1000, 100_000})
  void aTruncatedProgramIsNamed(int length) throws IOException {
    Path broken = folder.resolve("broken" + length + ".pt2");
    Files.write(broken, Arrays.copyOf(Files.readAllBytes(M5), length));
    refused(ExitCodes.BAD_INPUT, broken.getFileName().toString(), with("export", broken));
  }

  @Test
  void textIsNoModel() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.onnx"), "these are only some notes\n");
    refused(ExitCodes.BAD_INPUT, "notes.onnx", with("prepare", text));
    refused(ExitCodes.BAD_INPUT, "notes.onnx", "diff", onnx, text);
  }

  @Test
  void weightsAloneAreNoProgram() throws IOException {
    Path pickle = folder.resolve("weights.pth");
    Files.write(pickle, new byte[] {(byte) 0x80, 2, '}', '.', 0});
    refused(ExitCodes.BAD_INPUT, "a bare pickle (of: dictionary)", with("export", pickle));
    refused(ExitCodes.BAD_INPUT, "torch.export.save", "inspect", pickle);
  }

  @Test
  void theOtherKindOfModelIsNamedWithTheWayOut() {
    refused(ExitCodes.BAD_INPUT, "octet export", with("prepare", M5));
    refused(ExitCodes.BAD_INPUT, "m5.onnx", with("export", onnx));
  }

  @Test
  void missingAndEmptyDataAreNamed() throws IOException {
    refused(
        ExitCodes.BAD_INPUT,
        "nowhere",
        "quantize",
        onnx,
        "--data",
        folder.resolve("nowhere"),
        "-o",
        output);
    Path empty = Files.createDirectories(folder.resolve("empty"));
    refused(ExitCodes.BAD_INPUT, "empty", "quantize", onnx, "--data", empty, "-o", output);
  }

  @Test
  void aFolderThatIsNoLabelIsNamed() throws IOException {
    Path clips = Files.createDirectories(folder.resolve("clips/xylophone"));
    Files.write(clips.resolve("a.wav"), new byte[] {1, 2, 3});
    Outcome outcome =
        refused(
            ExitCodes.BAD_INPUT, "xylophone", "evaluate", onnx, "--data", folder.resolve("clips"));
    assertThat(outcome.err()).contains("label");
  }

  @Test
  void aClipThatIsNoWavIsNamed() throws IOException {
    Path zip = folder.resolve("clips.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("yes/broken.wav"));
      out.write("not sound".getBytes(StandardCharsets.UTF_8));
    }
    refused(ExitCodes.BAD_INPUT, "yes/broken.wav", "evaluate", onnx, "--data", zip);
  }

  @Test
  void dataOfAWrongShapeIsNamed() throws IOException {
    Path array = folder.resolve("wrong.npy");
    Files.write(array, npy(3, 1, 16));
    refused(ExitCodes.BAD_INPUT, "wrong.npy", "quantize", onnx, "--data", array, "-o", output);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsRefusedBeforeTheWork() {
    Path nowhere = folder.resolve("no/such/folder/x.onnx");
    refused(ExitCodes.USAGE, "folder that does not exist", "export", M5, "-o", nowhere);
    refused(ExitCodes.USAGE, "is a folder", "export", M5, "-o", folder);
  }

  @Test
  void wrongOptionsAreUsageErrors() {
    refused(
        ExitCodes.USAGE,
        "no calibration method",
        "quantize",
        onnx,
        "--data",
        WORDS,
        "-o",
        output,
        "--method",
        "guess");
    refused(
        ExitCodes.USAGE,
        "--samples",
        "quantize",
        onnx,
        "--data",
        WORDS,
        "-o",
        output,
        "--samples",
        0);
    refused(
        ExitCodes.USAGE,
        "block9*",
        "quantize",
        onnx,
        "--data",
        WORDS,
        "--samples",
        8,
        "-o",
        output,
        "--keep-node",
        "block9*");
    refused(ExitCodes.USAGE, "no pass", with("prepare", onnx, "--skip", "no-such-pass"));
    refused(ExitCodes.USAGE, "", "no-such-command");
  }

  /// What is wrong with a node is found where nobody knows the file; it is named all the same.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Conv <group = 1.5> (x, w)",
        "Conv <auto_pad = 3> (x, w)",
        "Conv <pads = \"no\"> (x, w)",
        "Concat (x, x)",
        "Cast (x)",
        "LeakyRelu <alpha = [1, 2]> (x)",
      })
  void aNodeAtFaultIsNamedWithItsFile(String node) {
    Path file = folder.resolve("odd.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float[N,1,time] x) => (y) <float[2,1,1] w = {1, 2}> {
              [odd] h = %s
              y = Relu (h)
            }
            """
                .formatted(node)),
        file);
    Object[][] lines = {
      {"prepare", file, "-o", output},
      {"prepare", file, "-o", output, "--skip-optimization"},
      {"prepare", file, "-o", output, "--opset", 21},
      {"quantize", file, "-o", output, "--dynamic"},
      {"quantize", file, "-o", output, "--data", WORDS},
      {"lint", file},
      {"inspect", file},
      {"evaluate", file, "--data", WORDS},
      {"align", file, onnx, "--data", WORDS},
    };
    int refusals = 0;
    for (Object[] line : lines) {
      Outcome outcome = run(line);
      if (outcome.exitCode() != ExitCodes.OK) {
        refusals++;
        assertThat(outcome.err().lines())
            .as(Arrays.toString(line))
            .isNotEmpty()
            .allMatch(each -> each.contains("odd.onnx"))
            .noneMatch(each -> each.contains("Exception"));
        assertThat(output).doesNotExist();
      } else {
        assertThat(outcome.err()).as(Arrays.toString(line)).doesNotContain("octet:");
        output.toFile().delete();
      }
    }
    assertThat(refusals).isGreaterThan(3);
  }

  @Test
  void everyCommandTeachesItself() {
    for (String command :
        List.of(
            "demo",
            "train",
            "export",
            "prepare",
            "quantize",
            "ptq",
            "qat",
            "align",
            "evaluate",
            "inspect",
            "diff")) {
      Outcome help = run(command, "--help");
      assertThat(help.exitCode()).isZero();
      assertThat(help.out()).contains("Examples:", "octet " + command, "--json");
    }
    assertThat(run("--help").out()).contains("Exit codes:", "Typical use:");
  }

  private static Outcome refused(int exitCode, String names, Object... arguments) {
    Outcome outcome = run(arguments);
    assertThat(outcome.err()).contains(names).doesNotContain("Exception", "\tat ");
    assertThat(outcome.exitCode()).isEqualTo(exitCode);
    assertThat(outcome.out()).isEmpty();
    assertThat(output).doesNotExist();
    return outcome;
  }

  /// A command line with what the command requires besides the model.
  private static Object[] with(String command, Path model, Object... more) {
    Object[] required =
        switch (command) {
          case "export", "prepare" -> new Object[] {command, model, "-o", output};
          default -> new Object[] {command, model, "--data", WORDS, "-o", output};
        };
    return Stream.concat(Arrays.stream(required), Arrays.stream(more)).toArray();
  }

  /// A float32 array of zeros in NumPy's format, version 1.0.
  private static byte[] npy(int... shape) {
    String dims = Arrays.toString(shape).replace('[', '(').replace(']', ')');
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + dims + ", }";
    int padded = (10 + header.length() + 1 + 63) / 64 * 64;
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    byte[] file = new byte[padded + 4 * count];
    Arrays.fill(file, 0, padded, (byte) ' ');
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) (padded - 10), 0};
    System.arraycopy(magic, 0, file, 0, magic.length);
    System.arraycopy(header.getBytes(StandardCharsets.US_ASCII), 0, file, 10, header.length());
    file[padded - 1] = '\n';
    return file;
  }
}
