package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.WORDS;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.command.CommandLines.Outcome;
import dev.octet.inspect.ModelInspector;
import dev.octet.ir.DataType;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.io.ModelReader;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Training, PTQ and QAT through the commands, on few samples.
class PyTorchSideTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void ptqGivesTheSameNetworkOnBothSides() throws IOException {
    Path onnx = folder.resolve("ptq.onnx");
    Path program = folder.resolve("ptq.pt2");
    ok(run("ptq", M5, "--data", WORDS, "--samples", 40, "-o", onnx, "--program", program));
    holdsPromises(onnx, program);
  }

  @Test
  void processorsThatAddPairsInSixteenBitsGetUnsignedWeights() throws IOException {
    for (String target : List.of("avx2", "avx512-vnni")) {
      Path onnx = folder.resolve(target + ".onnx");
      ok(run("ptq", M5, "--data", WORDS, "--samples", 40, "-o", onnx, "--target", target));

      Graph graph = ModelReader.read(onnx).graph();
      List<DataType> weights =
          graph.nodes().stream()
              .filter(node -> node.is("DequantizeLinear"))
              .flatMap(node -> node.input(0).stream())
              .filter(code -> code.isConstant() && code.shape().orElseThrow().rank() > 1)
              .flatMap(code -> code.dataType().stream())
              .toList();
      assertThat(weights).isNotEmpty();
      if (target.equals("avx2")) {
        assertThat(weights).contains(DataType.UINT8);
      } else {
        assertThat(weights).containsOnly(DataType.INT8);
      }
      // What was signed is gone.
      assertThat(Files.size(onnx)).isLessThan(41_000);
    }
  }

  @Test
  void qatGivesTheSameNetworkOnBothSides() throws IOException {
    Path onnx = folder.resolve("qat.onnx");
    Path program = folder.resolve("qat.pt2");
    JsonNode result =
        ok(
            run(
                "qat",
                M5,
                "--data",
                WORDS,
                "--samples",
                70,
                "--epochs",
                2,
                "-o",
                onnx,
                "--program",
                program,
                "--json"));
    assertThat(result.get("history")).hasSize(2);
    holdsPromises(onnx, program);
  }

  @Test
  void trainingLearnsAndRepeats() throws IOException {
    Path first = folder.resolve("first.pt2");
    Path second = folder.resolve("second.pt2");
    JsonNode history = ok(train(first)).get("history");
    assertThat(history.get(2).get("loss").asDouble())
        .isLessThan(history.get(0).get("loss").asDouble());
    ok(train(second));
    Path onnx = folder.resolve("first.onnx");
    Path again = folder.resolve("second.onnx");
    ok(run("export", first, "-o", onnx, "--json"));
    ok(run("export", second, "-o", again, "--json"));
    assertThat(run("diff", onnx, again, "--rtol", 0, "--atol", 0).exitCode())
        .as("same seed, same weights")
        .isZero();
    assertThat(run("diff", onnx, exported(M5), "--rtol", 0, "--atol", 0).exitCode())
        .as("weights moved")
        .isEqualTo(ExitCodes.VERDICT_NOT_MET);
  }

  private Outcome train(Path output) {
    return run(
        "train",
        M5,
        "--data",
        WORDS,
        "--samples",
        140,
        "--epochs",
        3,
        "--batch-size",
        16,
        "--seed",
        3,
        "-o",
        output,
        "--json");
  }

  private Path exported(Path program) {
    Path onnx = folder.resolve("untrained.onnx");
    run("export", program, "-o", onnx);
    return onnx;
  }

  private void holdsPromises(Path onnx, Path program) throws IOException {
    assertThat(Files.size(onnx)).isLessThanOrEqualTo(40 * 1024);
    assertThat(ModelInspector.inspect(ModelReader.read(onnx)).compute().quantizedShare())
        .isEqualTo(1.0);
    assertThat(operatorsThatRun(onnx)).doesNotContain("Conv", "FusedConv", "Gemm", "MatMul");
    JsonNode align =
        ok(run("align", program, onnx, "--data", WORDS, "--rtol", 0.1, "--atol", 0.1, "--json"));
    assertThat(align.get("pass").asBoolean()).isTrue();
    assertThat(align.get("top1Agreement").asDouble()).isGreaterThanOrEqualTo(0.995);
  }

  /// What ONNX Runtime makes of the model with everything it knows.
  private List<String> operatorsThatRun(Path onnx) {
    Path optimized = folder.resolve("optimized.onnx");
    InferenceSession.open(onnx, SessionOptions.DEFAULT.withOptimizedModel(optimized)).close();
    return ModelReader.read(optimized).graph().nodes().stream().map(Node::opType).toList();
  }

  private static JsonNode ok(Outcome outcome) throws IOException {
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    return outcome.out().startsWith("{") ? JSON.readTree(outcome.out()) : JSON.nullNode();
  }
}
