package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.WORDS;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.DataType;
import dev.octet.ir.io.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which types `octet ptq` and `octet qat` take: what a program has a form for computes the same in
/// its export, and the rest is refused before anything is read.
class ProgramTypesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "--weights int4, INT4 weights, --weights int4",
    "--weights uint4 --reduce-range, UINT4 weights, --weights uint4",
    "--activations int4, INT4 activations, --weights int4",
    "--activations int4 --weights int4, codes of INT4, --weights int4",
    "--weights float8e4m3fn, FLOAT8E4M3FN weights, --activations float8e4m3fn --weights"
        + " float8e4m3fn",
    "--block 16, blocks of 16, --weights int4 --block 16",
    "--block 32 --weights int4, 'INT4 weights, blocks of 32', --weights int4 --block 32",
  })
  void whatNoProgramCanSayIsRefusedFirst(String options, String named, String instead) {
    for (String command : List.of("ptq", "qat")) {
      List<Object> line = new ArrayList<>(List.of(command, "no.pt2", "--data", "none", "-o", "o"));
      line.addAll(List.of(options.split(" ")));

      Outcome refused = run(line.toArray());

      assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
      assertThat(refused.err().lines())
          .singleElement()
          .asString()
          .startsWith("octet: scheme: " + named + ": a program of PyTorch has no form for this")
          .endsWith(
              "octet export the program, then octet quantize the model with " + instead + ")");
    }
  }

  @Test
  void anUnknownObserverIsCalledOneWithThoseThatAreKnown() {
    Outcome refused = run("ptq", "no.pt2", "--data", "none", "-o", "o", "--observer", "ema");

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err())
        .startsWith("octet: --observer: 'ema' is no calibration method (one of minmax, mse")
        .contains("histogram", "moving-average");
  }

  @Test
  void whatOverridesSayIsRefusedWithTheRest() throws IOException {
    Path overrides = folder.resolve("overrides.json");
    Files.writeString(
        overrides,
        """
        {
          "nodes": { "fc*": { "type": "int4" } },
          "tensors": {
            "x": { "convert": { "type": "uint16" } },
            "w": { "axis": 1, "channels": [ { "min": 0, "max": 1 }, { "min": 0, "max": 2 } ] }
          }
        }
        """);

    Outcome refused =
        run("ptq", "no.pt2", "--data", "no", "-o", "o", "--block", 8, "--overrides", overrides);

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err().lines())
        .singleElement()
        .asString()
        .contains(
            "scheme: blocks of 8, codes of INT4 for node 'fc*', a conversion for tensor 'x', an"
                + " axis of channels for tensor 'w', a stated grid for each channel for tensor 'w':"
                + " a program of PyTorch has no form")
        .endsWith("with --weights int4 --block 8 --overrides FILE)");
  }

  @Test
  void gridsAreStatedForActivationsOnly() throws IOException {
    Path overrides = folder.resolve("overrides.json");
    Files.writeString(overrides, "{\"tensors\": {\"*fc1.weight\": {\"min\": -1, \"max\": 1}}}");
    Path onnx = folder.resolve("stated.onnx");

    Outcome refused = run("ptq", M5, "--data", WORDS, "-o", onnx, "--overrides", overrides);

    assertThat(refused.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err())
        .isEqualTo(
            "octet: tensor 'fc1.weight': is a weight, and a stated grid has no form in a program of"
                + " PyTorch (state grids of activations only, or octet export the program, then"
                + " octet quantize the model with --overrides FILE)\n");
    assertThat(onnx).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ptq --activations int8",
        "ptq --activations int16",
        "ptq --activations uint16 --weights int16",
        "ptq --weights uint8 --per-tensor",
        "ptq --activations int8 --weights int8 --activation-symmetry symmetric --per-tensor",
        "qat --activations int16 --epochs 1 --loss kl",
        "qat --activations int8 --epochs 1 --loss kl --lsq",
      })
  void theOthersComputeTheSameInTheirExport(String command) throws IOException {
    Path onnx = folder.resolve("out.onnx");
    Path program = folder.resolve("out.pt2");
    List<Object> line = new ArrayList<>(List.of(command.split(" ")));
    line.addAll(1, List.of(M5, "--data", WORDS, "--samples", 20, "-o", onnx, "--program", program));

    Outcome written = run(line.toArray());

    assertThat(written.err()).isEmpty();
    // A number between two codes may fall either way, and nothing else may.
    JsonNode found =
        JSON.readTree(
            run("align", program, onnx, "--data", WORDS, "--samples", 20, "--json").out());
    assertThat(found.get("mismatched").asDouble() / found.get("elements").asDouble())
        .isLessThan(0.1);
  }

  @ParameterizedTest
  @CsvSource({"avx2, UINT8", "avx512-vnni, UINT8", "arm64, INT8"})
  void signedActivationsMoveWhereKernelsWantUnsignedOnes(String target, DataType expected) {
    Path onnx = folder.resolve("out.onnx");

    run(
        "ptq",
        M5,
        "--data",
        WORDS,
        "--samples",
        10,
        "-o",
        onnx,
        "--activations",
        "int8",
        "--target",
        target);

    assertThat(
            ModelReader.read(onnx).graph().nodes().stream()
                .filter(node -> node.is("QuantizeLinear"))
                .map(node -> node.input(2).orElseThrow().dataType().orElseThrow()))
        .isNotEmpty()
        .containsOnly(expected);
  }
}
