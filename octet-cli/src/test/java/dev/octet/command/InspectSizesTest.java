package dev.octet.command;

import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `inspect` says of a model's size, with its data in other files or not.
class InspectSizesTest {
  private static final String TWO_WEIGHTS =
      """
      g (float[N,2] x) => (y)
      <float[2,4] w = {1,2,3,4,5,6,7,8}, float[4,3] v = {1,2,3,4,5,6,7,8,9,10,11,12}> {
        p = MatMul (x, w)
        y = MatMul (p, v)
      }
      """;

  @TempDir private Path folder;

  @Test
  void dataBesideTheModelCounts() throws IOException {
    Path whole = folder.resolve("whole.onnx");
    ModelWriter.write(OnnxText.parse(TWO_WEIGHTS), whole);
    Path split = folder.resolve("split.onnx");
    run(
        "prepare",
        whole,
        "-o",
        split,
        "--skip-optimization",
        "--save-as-external-data",
        "--no-all-tensors-to-one-file",
        "--external-data-size-threshold",
        1);
    long model = Files.size(split);
    assertThat(Files.size(folder.resolve("split.onnx.data.w"))).isEqualTo(32);

    JsonNode json = new ObjectMapper().readTree(run("inspect", split, "--json").out());

    assertThat(json.get("sizeBytes").asLong()).isEqualTo(model);
    assertThat(json.get("dataFiles").toString())
        .isEqualTo("{\"split.onnx.data.v\":48,\"split.onnx.data.w\":32}");
    assertThat(json.get("totalBytes").asLong()).isEqualTo(model + 80);
    assertThat(run("inspect", split).out())
        .contains("file  %.2f KB".formatted(model / 1024.0))
        .contains("data  0.03 KB in split.onnx.data.w")
        .contains("total %.2f KB".formatted((model + 80) / 1024.0));
    assertThat(run("inspect", whole).out())
        .contains("file  %.2f KB".formatted(Files.size(whole) / 1024.0))
        .doesNotContain("total");
  }
}
