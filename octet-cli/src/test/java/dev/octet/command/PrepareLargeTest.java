package dev.octet.command;

import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.Node;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.io.TensorPlacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a model above `--check-limit`, here of models of a few hundred bytes: it is run
/// once, as it was written, and pass by pass only when it computes something else.
class PrepareLargeTest {
  /// Rounding to a multiple of 8 is all that is left of a sum near 1e8: folded, the normalization
  /// computes something else, and better.
  private static final String CANCELLING =
      """
      g (float[N,1,4] x) => (float[N,1,4] y)
      <float[1,1,1] w = {1}, float[1] b = {100000000}, float[1] one = {1}, float[1] zero = {0},
       float[1] mean = {%s}> {
        [same] i = Identity (x)
        [conv] c = Conv (i, w, b)
        [norm] n = BatchNormalization <epsilon = 0.0> (c, one, zero, mean, one)
        [relu] y = Relu (n)
      }
      """;

  /// As the above, with nothing to cancel.
  private static final String PLAIN =
      CANCELLING.formatted("1").replace("b = {100000000}", "b = {0.5}");

  @TempDir private Path folder;

  @Test
  void theFileAsWrittenRunsOnce() throws IOException {
    Outcome outcome = prepare(PLAIN, TensorPlacement.IN_MODEL, "--check-limit", 0);
    assertThat(outcome.out())
        .contains("The file as written was checked by running it and the original once")
        .doesNotContain("rolled back");
    assertThat(operators()).containsExactly("Conv", "Relu");
    assertThat(prepare(PLAIN, TensorPlacement.IN_MODEL, "--check-limit", 0, "--json").out())
        .contains("\"checked\" : \"as a whole\"")
        .contains("\"verified\" : true");
    assertThat(files()).containsExactly("model.onnx", "out.onnx");
  }

  @Test
  void aFileThatDiffersIsRunPassByPassAndOnlyTheOneAtFaultIsUndone() throws IOException {
    Outcome outcome =
        prepare(
            CANCELLING.formatted("100000000"),
            TensorPlacement.BESIDE_MODEL,
            "--check-limit",
            0,
            "--explain");
    assertThat(outcome.out())
        .contains("Every pass was checked by running the model")
        .containsPattern("fold-batch-norm-into-conv: rolled back, output 'y': \\d+ of \\d+")
        .contains("remove-identity at Identity 'same'");
    assertThat(outcome.out().split("rolled back", -1)).hasSize(2);
    assertThat(operators()).containsExactly("Conv", "BatchNormalization", "Relu");
    assertThat(files()).doesNotContain("out.onnx.data").allMatch(name -> !name.startsWith("."));
  }

  /// The same comes of it as of a small model, which is run after every pass at once.
  @Test
  void theWayRoundMakesNoDifferenceToTheFile() throws IOException {
    prepare(CANCELLING.formatted("100000000"), TensorPlacement.IN_MODEL, "--check-limit", 0);
    byte[] large = Files.readAllBytes(folder.resolve("out.onnx"));
    prepare(CANCELLING.formatted("100000000"), TensorPlacement.IN_MODEL);
    assertThat(Files.readAllBytes(folder.resolve("out.onnx"))).isEqualTo(large);
  }

  @Test
  void aDryRunSaysThatNothingRan() {
    Path model = write(PLAIN, TensorPlacement.IN_MODEL);
    Outcome outcome = run("prepare", model, "--dry-run", "--check-limit", 0);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("NOT checked by running: so large a model is checked as");
  }

  /// It is written all the same, since what it computed before is not known either.
  @Test
  void aModelThatTakesNoMadeUpInputsIsWrittenUncheckedAndTheReportSaysSo() {
    String picky =
        "g (float[N,2] x) => (y) <int64[1] s = {5}> { i = Identity (x)\n y = Reshape (i, s) }";
    Outcome outcome = prepare(picky, TensorPlacement.IN_MODEL, "--check-limit", 0);
    assertThat(outcome.out()).contains("NOT checked by running: ");
    assertThat(operators()).containsExactly("Reshape");
  }

  private Outcome prepare(String text, TensorPlacement placement, Object... flags) {
    Path model = write(text, placement);
    Outcome outcome =
        run(
            Stream.concat(
                    Stream.of("prepare", model, "-o", folder.resolve("out.onnx")), Stream.of(flags))
                .toArray());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return outcome;
  }

  private Path write(String text, TensorPlacement placement) {
    Path model = folder.resolve("model.onnx");
    ModelWriter.write(OnnxText.parse(text), model, placement);
    return model;
  }

  private List<String> operators() {
    return ModelReader.read(folder.resolve("out.onnx")).graph().nodes().stream()
        .map(Node::opType)
        .toList();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
