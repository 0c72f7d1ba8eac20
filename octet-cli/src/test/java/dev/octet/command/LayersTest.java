package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs on libtorch against their exports on ONNX Runtime, value by value, through the
/// commands.
class LayersTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void editedWeightIsFoundAtItsLayer() throws IOException {
    Path exported = folder.resolve("m5.onnx");
    JsonNode export = json(run("export", M5, "-o", exported, "--verify", "--layers", "--json"), 0);
    assertThat(export.get("verified")).hasSize(2);
    JsonNode unchanged = export.get("verified").get(0).get("layers");
    assertThat(unchanged.get("pairs").asInt()).isEqualTo(16);
    assertThat(unchanged.get("firstDeparture").isNull()).isTrue();

    Path prepared = folder.resolve("prepared.onnx");
    assertThat(run("prepare", exported, "-o", prepared).exitCode()).isZero();
    Path damaged = folder.resolve("damaged.onnx");
    ModelWriter.write(withOneWeightEdited(prepared, "block3/block/0/Conv"), damaged);
    JsonNode align = json(run("align", M5, damaged, "--layers", "--json"), 3);
    for (JsonNode byOptimizer : align.get("runs")) {
      JsonNode departure = byOptimizer.get("layers").get("firstDeparture");
      // With the optimizer on, what is left of the convolution is its rectified result.
      assertThat(departure.get("module").asText()).startsWith("block3.block.");
      assertThat(departure.get("other").asText()).startsWith("block3/block/");
    }
    assertThat(align.get("runs").get(0).get("layers").get("firstDeparture").get("reference"))
        .hasToString("\"batch_norm_2\"");
    assertThat(run("align", M5, damaged, "--layers").out())
        .contains("First to depart: aten.batch_norm.default 'batch_norm_2' (block3.block.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1_ptq",
        "n1_qat",
        "xn1_qat",
        "eager_qat_fq",
        "au_CRNN_LSTM_dynT",
        "au_UNet1",
        "mut",
        "sym"
      })
  void sharedArchiveAgreesLayerByLayer(String name) throws IOException {
    Path exported = folder.resolve(name + ".onnx");
    JsonNode export =
        json(
            run(
                "export",
                SharedData.pt2(name + ".pt2"),
                "-o",
                exported,
                "--verify",
                "--layers",
                "--json"),
            0);
    for (JsonNode byOptimizer : export.get("verified")) {
      assertThat(byOptimizer.get("layers").get("pairs").asInt()).isPositive();
    }
  }

  @Test
  void layersOfQuantizedProgramsAreComparedInSteps() throws IOException {
    Path exported = folder.resolve("n1.onnx");
    Path program = SharedData.pt2("n1_ptq.pt2");
    assertThat(run("export", program, "-o", exported).exitCode()).isZero();
    JsonNode align = json(run("align", program, exported, "--layers", "--json"), 0);
    List<JsonNode> layers = new ArrayList<>();
    align.get("runs").get(0).get("layers").get("layers").forEach(layers::add);
    assertThat(layers)
        .filteredOn(layer -> layer.get("reference").asText().startsWith("quantize_per_tensor"))
        .isNotEmpty()
        .allSatisfy(
            layer -> {
              JsonNode steps = layer.get("steps");
              assertThat(steps.get("elements").asLong()).isPositive();
              assertThat(steps.get("offByMore").asLong()).isZero();
              assertThat(steps.get("ties")).isEqualTo(steps.get("offByOne"));
            });
  }

  @Test
  void layersNeedsVerify() {
    Outcome outcome = run("export", M5, "-o", folder.resolve("m5.onnx"), "--layers");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--layers").contains("--verify");
  }

  private static Model withOneWeightEdited(Path file, String convolution) {
    Model model = ModelReader.read(file);
    Value weight =
        model.graph().nodes().stream()
            .filter(node -> node.name().equals(convolution))
            .findFirst()
            .orElseThrow()
            .input(1)
            .orElseThrow();
    DenseTensor tensor = (DenseTensor) weight.initializer().orElseThrow();
    float[] values = tensor.toFloatArray();
    values[0] += 1;
    long[] dims = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    model.edit(
        editor ->
            editor.setInitializer(
                model.graph(), weight, DenseTensor.ofFloats(values, dims), OpaqueFields.NONE));
    return model;
  }

  private static JsonNode json(Outcome outcome, int exitCode) throws IOException {
    assertThat(outcome.exitCode()).as(outcome.err() + outcome.out()).isEqualTo(exitCode);
    return JSON.readTree(outcome.out());
  }
}
