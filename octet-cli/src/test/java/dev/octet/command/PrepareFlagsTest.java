package dev.octet.command;

import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The flags that `prepare` shares with the peer's command do what they say.
class PrepareFlagsTest {
  private static final String BROADCAST =
      """
      g (float[N,len] x, float[N,total] m) => (y) {
        a = Add (x, m)
        y = Relu (a)
      }
      """;

  private static final String SHAPES =
      """
      g (float[N,4,4] x) => (y)
      <float[16,2] w = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16},
       float[2] bias = {1, 2}, int64[2] flat = {-1, 16}, int64[1] twice = {1}> {
        f = Reshape (x, flat)
        p = MatMul (f, w)
        s = Add (p, bias)
        u = Unsqueeze (s, twice)
        y = Relu (u)
      }
      """;

  @TempDir private Path folder;

  @Test
  void autoMergeTakesSizesForOneAndSaysSo() {
    Path model = write(BROADCAST);
    assertThat(shapeAfter(model, "a")).isEqualTo("[N,unk.a.1]");
    Outcome outcome = prepare(model, "--auto-merge");
    assertThat(outcome.out()).contains("Taken for granted: len = total (assumed at Add");
    assertThat(shape(prepared(), "a")).isIn("[N,len]", "[N,total]");
    assertThat(prepare(model, "--auto-merge", "--json").out())
        .contains("\"assumptions\"")
        .contains("len = total");
  }

  @Test
  void fromIntMaxOnABoundIsNone() {
    Path model =
        write(
            """
            g (float[N,T] x) => (y) <int64[1] s = {0}, int64[1] e = {512}, int64[1] a = {1}> {
              c = Slice (x, s, e, a)
              y = Relu (c)
            }
            """);
    assertThat(shapeAfter(model, "c")).isEqualTo("[N,min(512,T)]");
    assertThat(prepare(model, "--int-max", 512).out()).contains("Taken for granted: T <= 512");
    assertThat(shape(prepared(), "c")).isEqualTo("[N,T]");
    // What is assumed changes what is stated, never the graph.
    assertThat(prepared().graph().nodeCount()).isEqualTo(2);
    assertThat(run("prepare", model, "--dry-run", "--int-max", 0).exitCode()).isEqualTo(2);
  }

  @Test
  void guessedRanksAreTold() {
    Path model =
        write(
            """
            <ir_version: 8, opset_import: ["" : 17, "acme" : 1]>
            g (float[N,4] x) => (y) { a = acme.Mystery (x)
             y = Relu (a) }
            """);
    assertThat(prepare(model).out()).contains("Full shapes known for 0 of 2 tensors.");
    assertThat(prepare(model, "--guess-output-rank").out())
        .contains("Full shapes known for 2 of 2 tensors.")
        .contains("computes FLOAT of rank 2, as its first input is");
  }

  @Test
  void eitherInferenceCanBeLeftOut() {
    Path model = write(SHAPES);
    prepare(model, "--skip-onnx-shape");
    assertThat(prepared().graph().findValue("f").orElseThrow().shape()).isPresent();
    // The Gemm is the rewrites' own; its type is that of the Add it replaces.
    assertThat(prepared().graph().nodes()).anyMatch(node -> node.is("Gemm"));

    prepare(model, "--skip-symbolic-shape", "--skip-onnx-shape");
    assertThat(prepared().graph().findValue("f").orElseThrow().shape()).isEmpty();

    Outcome nothing =
        run(
            "prepare",
            model,
            "--dry-run",
            "--skip-symbolic-shape",
            "--skip-onnx-shape",
            "--skip-optimization");
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("leave nothing to be done");
    assertThat(run("prepare", model, "--dry-run", "--skip-onnx-shape", "--auto-merge").exitCode())
        .isEqualTo(2);
  }

  /// ONNX Runtime opens what is written whatever the threshold: what decides shapes stays inside.
  @ParameterizedTest
  @ValueSource(strings = {"--all-tensors-to-one-file", "--no-all-tensors-to-one-file"})
  void tensorsGoIntoOneFileOrIntoManyAndTheModelOpens(String spread) throws IOException {
    Path model = write(SHAPES);
    Outcome outcome =
        prepare(
            model,
            "--skip-optimization",
            "--save-as-external-data",
            spread,
            "--external-data-size-threshold",
            1);
    assertThat(outcome.err()).isEmpty();
    assertThat(files())
        .containsExactlyElementsOf(
            spread.startsWith("--no")
                ? List.of("model.onnx", "out.onnx", "out.onnx.data.w")
                : List.of("model.onnx", "out.onnx", "out.onnx.data"));
    try (InferenceSession session =
        InferenceSession.open(folder.resolve("out.onnx"), SessionOptions.DEFAULT)) {
      assertThat(session.outputs()).hasSize(1);
    }
    assertThat(prepared().graph().initializers()).hasSize(4);
  }

  @Test
  void theDataFileIsTheUsersToNameAndStaysInTheFolder() throws IOException {
    Path model = write(SHAPES);
    prepare(
        model,
        "--save-as-external-data",
        "--external-data-location",
        "weights.bin",
        "--external-data-size-threshold",
        100);
    assertThat(files()).containsExactly("model.onnx", "out.onnx", "weights.bin");

    Outcome outside =
        run(
            "prepare",
            model,
            "--dry-run",
            "--save-as-external-data",
            "--external-data-location",
            "../w");
    assertThat(outside.exitCode()).isEqualTo(2);
    assertThat(outside.err()).contains("'../w' is not the plain name of a file");
    Outcome alone = run("prepare", model, "--dry-run", "--no-all-tensors-to-one-file");
    assertThat(alone.exitCode()).isEqualTo(2);
    assertThat(alone.err()).contains("add --save-as-external-data");
    Outcome over =
        run(
            "prepare",
            model,
            "-o",
            folder.resolve("out.data.w"),
            "--skip-optimization",
            "--save-as-external-data",
            "--external-data-location",
            "out.data",
            "--no-all-tensors-to-one-file",
            "--external-data-size-threshold",
            1);
    assertThat(over.exitCode()).isEqualTo(2);
    assertThat(over.err()).contains("is the model's own name");
  }

  private Path write(String text) {
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(OnnxText.parse(text), file);
    return file;
  }

  private Outcome prepare(Path model, Object... flags) {
    Object[] all = new Object[flags.length + 4];
    all[0] = "prepare";
    all[1] = model;
    all[2] = "-o";
    all[3] = folder.resolve("out.onnx");
    System.arraycopy(flags, 0, all, 4, flags.length);
    Outcome outcome = run(all);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return outcome;
  }

  private String shapeAfter(Path model, String value) {
    prepare(model);
    return shape(prepared(), value);
  }

  private Model prepared() {
    return ModelReader.read(folder.resolve("out.onnx"));
  }

  private static String shape(Model model, String value) {
    return model.graph().findValue(value).orElseThrow().shape().orElseThrow().toString();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
