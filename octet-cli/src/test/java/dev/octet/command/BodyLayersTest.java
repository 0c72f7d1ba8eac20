package dev.octet.command;

import static dev.octet.command.CommandLines.PROGRAMS;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Branches and bodies of programs on libtorch against those of their exports on ONNX Runtime,
/// through the commands.
class BodyLayersTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "cond, cond.true_graph_0/linear",
    "while, while_loop.while_loop_body_graph_0/mul",
    "scan, scan.scan_combine_graph_0/add",
    "map, map_impl.body_graph_0/mul"
  })
  void valuesOfBodiesAreCompared(String name, String value) throws IOException {
    Path program = SharedData.pt2(name + ".pt2");
    Outcome outcome =
        run("export", program, "-o", folder.resolve("m.onnx"), "--verify", "--layers", "--json");
    for (JsonNode byOptimizer : json(outcome, 0).get("verified")) {
      assertThat(layer(byOptimizer.get("layers"), value).get("times").get("compared").asInt())
          .isPositive();
    }
  }

  @Test
  void bodiesInBodiesAreCompared() throws IOException {
    Path program = PROGRAMS.resolve("nested_control_flow.pt2");
    Outcome outcome =
        run("export", program, "-o", folder.resolve("m.onnx"), "--verify", "--layers", "--json");
    JsonNode layers = json(outcome, 0).get("verified").get(0).get("layers");
    String loop = "while_loop.while_loop_body_graph_0/";
    // Three samples of three rounds outside, and in these 0, 1 and 2 inside.
    assertThat(times(layers, loop + "add_1")).isEqualTo(3 * 3);
    assertThat(times(layers, loop + loop + "mul")).isEqualTo(3 * (0 + 1 + 2));
    String branch = "scan.scan_combine_graph_0/cond.";
    assertThat(
            times(layers, branch + "true_graph_0/add")
                + times(layers, branch + "false_graph_0/mul"))
        .isEqualTo(times(layers, "scan.scan_combine_graph_0/mul"));
  }

  @Test
  void quantizedBodiesAreCompared() throws IOException {
    Path program = PROGRAMS.resolve("nested_control_flow.pt2");
    Path exported = folder.resolve("m.onnx");
    Path quantized = folder.resolve("q.onnx");
    Path samples = folder.resolve("x.jsonl");
    Files.writeString(samples, "{\"x\":[[0.5,-1,2,0.25]]}\n{\"x\":[[-1,0.75,-2,1]]}\n".repeat(4));
    assertThat(run("export", program, "-o", exported).exitCode()).isZero();
    Outcome outcome =
        run("quantize", exported, "-o", quantized, "--data", samples, "--method", "minmax");
    assertThat(outcome.exitCode()).as(outcome.err() + outcome.out()).isZero();
    String[] loose = {"--rtol", "0.1", "--atol", "1"};
    JsonNode align =
        json(
            run(
                "align",
                program,
                quantized,
                "--layers",
                "--json",
                loose[0],
                loose[1],
                loose[2],
                loose[3]),
            0);
    JsonNode layers = align.get("runs").get(0).get("layers");
    JsonNode linear = layer(layers, "map_impl.body_graph_0/linear");
    assertThat(linear.get("times").get("compared").asInt()).isEqualTo(1 + 3 + 8);
    assertThat(linear.get("maxAbs").asDouble()).isBetween(1e-6, 0.5);
  }

  @Test
  void damagedBodyIsFoundInItsRound() throws IOException {
    Path program = PROGRAMS.resolve("control_flow.pt2");
    Path exported = folder.resolve("control_flow.onnx");
    assertThat(run("export", program, "-o", exported).exitCode()).isZero();
    Path damaged = folder.resolve("damaged.onnx");
    ModelWriter.write(withConstantOfBodyEdited(exported), damaged);
    JsonNode align = json(run("align", program, damaged, "--layers", "--json"), 3);
    for (JsonNode byOptimizer : align.get("runs")) {
      JsonNode departure = byOptimizer.get("layers").get("firstDeparture");
      assertThat(departure.get("reference").asText())
          .isEqualTo("while_loop.while_loop_body_graph_0/mul");
      assertThat(departure.get("bodies").get(0).get("node").asText()).isEqualTo("while_loop");
      assertThat(departure.get("times").get("departure").get("rounds"))
          .extracting(JsonNode::asInt)
          .containsExactly(0);
    }
    assertThat(run("align", program, damaged, "--layers").out())
        .contains("First to depart: aten.mul.Tensor 'while_loop.while_loop_body_graph_0/mul'")
        .contains("round 0 of while_loop_body_graph_0 of while_loop");
  }

  private static int times(JsonNode layers, String value) {
    return layer(layers, value).get("times").get("compared").asInt();
  }

  private static JsonNode layer(JsonNode layers, String value) {
    List<JsonNode> found = new ArrayList<>();
    layers.get("layers").forEach(found::add);
    return found.stream()
        .filter(layer -> layer.get("reference").asText().equals(value))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + value + " in " + layers));
  }

  /// The loop multiplies by 1.5; now it does by a little more.
  private static Model withConstantOfBodyEdited(Path file) {
    Model model = ModelReader.read(file);
    for (Graph graph : model.graphs()) {
      for (Value value : graph.initializers()) {
        boolean factor =
            value.uses().stream().anyMatch(use -> use.node().is("Mul"))
                && value.initializer().orElseThrow() instanceof DenseTensor number
                && number.doubleAt(0) == 1.5;
        if (factor) {
          DenseTensor more = DenseTensor.scalar(1.5625f);
          model.edit(editor -> editor.setInitializer(graph, value, more, OpaqueFields.NONE));
        }
      }
    }
    return model;
  }

  private static JsonNode json(Outcome outcome, int exitCode) throws IOException {
    assertThat(outcome.exitCode()).as(outcome.err() + outcome.out()).isEqualTo(exitCode);
    return JSON.readTree(outcome.out());
  }
}
