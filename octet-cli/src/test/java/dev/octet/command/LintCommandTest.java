package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.flow.LintFlow;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.lint.Finding;
import dev.octet.lint.Fix;
import dev.octet.lint.ModelLint;
import dev.octet.lint.RuntimeVersion;
import dev.octet.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LintCommandTest {
  @TempDir private static Path folder;
  private static Path flawed;

  @BeforeAll
  static void write() {
    flawed = folder.resolve("flawed.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["" : 11]>
            flawed (float[N,1,4] x, float[1,1,1] kernel) => (y) <
              int64[2] shape = {1, -1}, float[5,1,1] w = {0.0000001, 1, 1, 40, 0},
              float[5] b = {9, 0, 0, 0, 0}, float[5] one = {1, 1, 1, 1, 1}, float s = {0.1},
              int8 z = {0}
            > {
              [stem] a = Conv (x, w, b)
              [norm] n = BatchNormalization (a, one, b, b, one)
              [relu] r = Relu (n)
              q = QuantizeLinear (r, s, z)
              d = DequantizeLinear (q, s, z)
              [tanh] t = Tanh (d)
              p = QuantizeLinear (t, s, z)
              e = DequantizeLinear (p, s, z)
              [computed] c = Conv (e, kernel)
              [flat] y = Reshape (c, shape)
            }
            """),
        flawed);
  }

  @Test
  void tellsNodeReasonAndFix() {
    Outcome outcome = run("lint", flawed);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("BatchNormalization 'norm': could be folded into the weight of Conv 'stem'")
        .contains("Relu 'relu'")
        .contains("octet prepare " + flawed + " -o " + folder.resolve("flawed_fixed.onnx"));
  }

  @Test
  void failsWhenAskedTo() {
    assertThat(run("lint", flawed, "--fail-on", "error").exitCode()).isZero();
    assertThat(run("lint", flawed, "--fail-on", "warning").exitCode()).isEqualTo(3);
    assertThat(run("lint", flawed, "--fail-on", "error", "--runtime", "1.17").exitCode())
        .isEqualTo(3);
    Object[] disabled =
        ModelLint.rules().stream()
            .flatMap(rule -> Stream.of("--disable", rule.name()))
            .toArray(Object[]::new);
    Object[] words =
        Stream.concat(Stream.of("lint", flawed, "--fail-on", "note"), Stream.of(disabled))
            .toArray();
    Outcome quiet = run(words);
    assertThat(quiet.exitCode()).isZero();
    assertThat(quiet.out()).contains("Nothing found by 0 rules.");
  }

  @Test
  void listsItsRules() {
    Outcome outcome = run("lint", "--list-rules");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out().lines().map(line -> line.substring(0, line.indexOf(' '))))
        .containsExactlyElementsOf(ModelLint.rules().stream().map(rule -> rule.name()).toList());
  }

  @Test
  void writesJsonAndSarif() throws IOException {
    Path sarif = folder.resolve("flawed.sarif");
    Outcome outcome = run("lint", flawed, "--json", "--sarif", sarif);
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .contains("\"rule\" : \"unfolded-batch-norm\"")
        .contains("\"node\" : \"norm\"");
    assertThat(Files.readString(sarif))
        .contains("\"version\" : \"2.1.0\"")
        .contains("\"ruleId\" : \"unfolded-batch-norm\"");
  }

  @Test
  void refusesWhatItCannotUse() {
    assertThat(run("lint").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("lint", flawed, "--runtime", "9.9").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("lint", flawed, "--disable", "relu").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("lint", folder.resolve("absent.onnx")).exitCode())
        .isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(run("lint", M5).exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    Outcome nowhere = run("lint", flawed, "--sarif", folder.resolve("no/such.sarif"));
    assertThat(nowhere.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(nowhere.err().lines()).hasSize(1);
  }

  static Stream<Path> models() {
    return Stream.concat(Stream.of(Path.of("flawed.onnx")), SharedData.onnxModels().stream());
  }

  /// A command that is suggested is one that exists, options and all.
  @ParameterizedTest
  @MethodSource("models")
  void suggestedCommandsAreCommands(Path model) {
    Path file = model.isAbsolute() ? model : folder.resolve(model);
    LintFlow.Result result =
        LintFlow.run(
            new LintFlow.Request(file, Optional.of(RuntimeVersion.parse("1.0")), List.of()));
    for (Finding found : result.findings()) {
      String[] words = result.fixArguments(found).toArray(String[]::new);
      assertThat(words.length == 0).isEqualTo(found.fix() instanceof Fix.Change);
      if (words.length > 0) {
        assertThatCode(() -> Octet.commandLine().parseArgs(words))
            .as(result.fix(found))
            .doesNotThrowAnyException();
      }
    }
  }

  /// None of the six needs more than notes, but for what is true of them: mnist8 lists its weights
  /// as inputs.
  @ParameterizedTest
  @MethodSource("models")
  void trainedModelsRaiseNoFalseAlarm(Path model) {
    if (!model.isAbsolute()) {
      return;
    }
    LintFlow.Result result = LintFlow.run(new LintFlow.Request(model, Optional.empty(), List.of()));
    assertThat(result.findings())
        .filteredOn(found -> found.severity() != dev.octet.lint.Severity.NOTE)
        .extracting(Finding::rule)
        .containsExactlyElementsOf(
            model.endsWith("mnist8.onnx")
                ? List.of("dynamic-kernel", "dynamic-kernel")
                : List.of());
  }
}
