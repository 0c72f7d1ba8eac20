package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.WORDS;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.command.CommandLines.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The main job, command by command, on the untrained network and the embedded words.
class MainPathTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static Path exported;
  private static Path prepared;
  private static Path int8;

  @BeforeAll
  static void exportPrepareQuantize() throws IOException {
    exported = folder.resolve("m5.onnx");
    prepared = folder.resolve("m5_prepared.onnx");
    int8 = folder.resolve("m5_int8.onnx");

    JsonNode export = json(run("export", M5, "-o", exported, "--verify", "--json"));
    assertThat(export.get("verified"))
        .hasSize(2)
        .allSatisfy(run -> assertThat(run.get("pass").asBoolean()).isTrue())
        .allSatisfy(run -> assertThat(run.get("outputs")).hasSize(3));
    JsonNode prepare = json(run("prepare", exported, "-o", prepared, "--json"));
    assertThat(prepare.get("tensorsWithShape")).isEqualTo(prepare.get("tensors"));
    assertThat(prepare.get("verified").asBoolean()).isTrue();
    JsonNode quantize =
        json(run("quantize", prepared, "--data", WORDS, "--samples", 70, "-o", int8, "--json"));
    assertThat(quantize.get("quantizedComputeShare").asDouble()).isEqualTo(1.0);
    assertThat(quantize.get("trials").size()).isGreaterThan(1);
  }

  @Test
  void filesAreAsSmallAsPromised() throws IOException {
    assertThat(Files.size(exported)).isLessThanOrEqualTo(108 * 1024);
    assertThat(Files.size(prepared)).isLessThanOrEqualTo(108 * 1024);
    assertThat(Files.size(int8)).isLessThanOrEqualTo(40 * 1024);
  }

  @Test
  void programAndModelAlign() throws IOException {
    JsonNode align = json(run("align", M5, prepared, "--data", WORDS, "--samples", 40, "--json"));
    assertThat(align.get("pass").asBoolean()).isTrue();
    assertThat(align.get("elements").asLong()).isEqualTo(40 * 35);
    assertThat(align.get("mismatched").asLong()).isZero();
    assertThat(align.get("top1Agreement").asDouble()).isEqualTo(1.0);
  }

  @Test
  void modelsThatDifferAreAVerdictNotAnError() {
    Outcome outcome =
        run("align", prepared, int8, "--data", WORDS, "--samples", 20, "--rtol", 0, "--atol", 0);
    assertThat(outcome.exitCode()).isEqualTo(ExitCodes.VERDICT_NOT_MET);
    assertThat(outcome.out()).contains("They differ");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void evaluatePrintsARowForEachModel() throws IOException {
    JsonNode rows =
        json(run("evaluate", "FP32=" + prepared, int8, M5, "--data", WORDS, "--json")).get("rows");
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).get("model").asText()).isEqualTo("FP32");
    assertThat(rows.get(0).get("agreement").asDouble()).isEqualTo(1.0);
    assertThat(rows.get(1).get("model").asText()).isEqualTo("m5_int8.onnx");
    assertThat(rows.get(1).get("sizeBytes").asLong()).isLessThanOrEqualTo(40 * 1024);
    assertThat(rows.get(1).get("samples").asLong()).isEqualTo(245);
    assertThat(rows.get(1).get("latencyMs").get("batch1").asDouble()).isPositive();
    assertThat(rows.get(1).get("latencyMs").get("batch32").asDouble()).isPositive();
    assertThat(rows.get(1).get("accuracy").asDouble()).isBetween(0.0, 1.0);
    assertThat(rows.get(1).get("sourceAgreement").asDouble())
        .as("int8 knows it was made from FP32")
        .isEqualTo(rows.get(1).get("agreement").asDouble());
    assertThat(rows.get(2).get("latencyMs").isNull()).as("a program has no latency").isTrue();
  }

  @Test
  void evaluateWritesAPageWithTheSameFigures() throws IOException {
    Path page = folder.resolve("page.html");
    Outcome outcome = run("evaluate", prepared, int8, "--data", WORDS, "--report", page);
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).contains("Model size", "Accuracy", "95 % interval");
    assertThat(Files.readString(page)).contains("<table>", "m5_int8.onnx");
  }

  @Test
  void inspectTellsInitializersAndShowsATensor() throws IOException {
    JsonNode contents = json(run("inspect", int8, "--tensor", "block1.block.0.bias", "--json"));
    assertThat(contents.get("contents").get("constants"))
        .allSatisfy(
            constant -> assertThat(constant.get("place").asText()).isEqualTo("INITIALIZER"));
    assertThat(run("inspect", int8, "--nodes", "--initializers").out())
        .contains("QuantizeLinear", "DequantizeLinear", "int8");
    assertThat(run("inspect", M5, "--initializers").out())
        .contains("aten.conv1d", "block1.block.0.weight");
  }

  @Test
  void diffComparesWeightsLayerByLayer() throws IOException {
    Outcome outcome = run("diff", prepared, int8, "--json", "--rtol", 1, "--atol", 1);
    JsonNode layers = JSON.readTree(outcome.out()).get("difference").get("layers");
    assertThat(layers).hasSize(10);
    assertThat(run("diff", prepared, prepared).exitCode()).isZero();
  }

  @Test
  void theSameInputGivesTheSameBytes() throws IOException {
    Path again = folder.resolve("again.onnx");
    run("quantize", prepared, "--data", WORDS, "--samples", 70, "-o", again);
    assertThat(again).hasSameBinaryContentAs(int8);
  }

  private static JsonNode json(Outcome outcome) throws IOException {
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    return JSON.readTree(outcome.out());
  }
}
