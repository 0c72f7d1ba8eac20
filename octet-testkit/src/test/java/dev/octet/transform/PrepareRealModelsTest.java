package dev.octet.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.RandomTensors;
import dev.octet.testkit.SharedData;
import dev.octet.testkit.TensorAssertions;
import dev.octet.testkit.Tolerance;
import dev.octet.transform.rules.StandardPipelines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole pipeline on trained models as other tools wrote them.
class PrepareRealModelsTest {

  static Stream<Path> models() {
    return SharedData.onnxModels().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void preparedModelComputesTheSame(Path file) {
    Model original = ModelReader.read(file);
    Model prepared = original.copy();
    PipelineReport report = StandardPipelines.prepare().run(prepared);
    Map<String, DenseTensor> inputs = RandomTensors.inputsOf(original, 11);

    Map<String, Tensor> expected = OnnxRuntimeOracle.run(original, inputs);
    Map<String, Tensor> actual = OnnxRuntimeOracle.run(prepared, inputs);

    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) ->
            TensorAssertions.assertClose(
                name, Objects.requireNonNull(actual.get(name)), tensor, Tolerance.FLOAT32));
    assertThat(prepared.graph().nodeCount())
        .as(report.toString())
        .isLessThanOrEqualTo(original.graph().nodeCount());
  }

  @ParameterizedTest
  @MethodSource("models")
  void preparingAgainChangesNothing(Path file) {
    Model model = ModelReader.read(file);
    StandardPipelines.prepare().run(model);
    byte[] once = ModelWriter.encode(model);
    PipelineReport again = StandardPipelines.prepare().run(model);
    assertThat(again.changed()).as(again.toString()).isFalse();
    assertThat(ModelWriter.encode(model)).isEqualTo(once);
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyTensorOfAPreparedModelHasAFullShape(Path file) {
    Model model = ModelReader.read(file);
    StandardPipelines.prepare().run(model);
    for (Node node : model.graph().nodes()) {
      for (Value output : node.outputs()) {
        assertThat(output == null || output.shape().isPresent()).as(node.describe()).isTrue();
      }
    }
  }

  /// Node counts of the peer's preprocessing, by model, as `conformance/python/peer_prepare.py`
  /// recorded them.
  private static Map<String, Integer> peerNodeCounts() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            PrepareRealModelsTest.class.getResourceAsStream("peer_prepare.csv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split(",", -1))
          .collect(Collectors.toMap(row -> row[0], row -> Integer.parseInt(row[2])));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void noMoreNodesThanThePeerLeaves(Path file) throws IOException {
    Model model = ModelReader.read(file);
    PipelineReport report = StandardPipelines.prepare().run(model);
    int peer = Objects.requireNonNull(peerNodeCounts().get(file.getFileName().toString()));
    assertThat(model.graph().nodeCount()).as(report.toString()).isLessThanOrEqualTo(peer);
  }
}
