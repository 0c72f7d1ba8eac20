package dev.octet.transform.opset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.check.ModelCheck;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.OnnxText;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.RandomTensors;
import dev.octet.testkit.RewriteAssertions;
import dev.octet.testkit.SharedData;
import dev.octet.testkit.TensorAssertions;
import dev.octet.testkit.Tolerance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Models in newer opsets compute in ONNX Runtime what they computed before.
class OpsetConversionTest {
  /// ONNX Runtime computes some operators by another kernel in another opset.
  private static final Tolerance CLOSE = new Tolerance(1e-6, 1e-6);

  static Stream<Path> models() {
    return SharedData.onnxModels().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void trainedModelsMoveToEveryNewerOpset(Path file) {
    Model model = ModelReader.read(file);
    Map<String, DenseTensor> inputs = RandomTensors.inputsOf(model, 5);
    Map<String, Tensor> expected = OnnxRuntimeOracle.run(model, inputs);
    for (int target = model.opset().orElseThrow() + 1; target <= OpsetConversion.LAST; target++) {
      Model converted = OpsetConversion.to(model, target).orElseThrow();
      assertThat(converted.opset()).hasValue(target);
      assertThat(ModelCheck.check(converted)).isEmpty();
      TensorAssertions.assertClose(
          OnnxRuntimeOracle.run(converted, inputs), expected, Tolerance.EXACT);
    }
  }

  /// Where a way leads back down, it leads to the same results.
  @ParameterizedTest(name = "{0} of opset {1}")
  @MethodSource("nodes")
  void nodesMeanTheSameInEveryOlderOpsetThatTakesThem(
      String node, int opset, String text, int[] kernels) {
    Model model = OnnxText.parse(text);
    for (int from = Math.max(14, opset + 1); from <= kernels[1]; from++) {
      Model newer = OpsetConversion.to(model, from).orElseThrow();
      for (int target = Math.max(13, kernels[0]); target < from; target++) {
        if (OpsetConversion.to(newer, target) instanceof OpsetOutcome.Converted(Model older, _)) {
          assertThat(ModelCheck.check(older)).isEmpty();
          RewriteAssertions.assertSameOutputs(model, older, CLOSE);
        }
      }
    }
  }

  static Stream<Arguments> nodes() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(OpsetConversionTest.class.getResourceAsStream("nodes.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" \\| ", -1))
          .map(
              parts ->
                  Arguments.of(parts[2], Integer.parseInt(parts[0]), text(parts), kernels(parts)));
    }
  }

  @ParameterizedTest(name = "{0} of opset {1}")
  @MethodSource("nodes")
  void nodesMeanTheSameInEveryNewerOpset(String node, int opset, String text, int[] kernels) {
    Model model = OnnxText.parse(text);
    for (int target = Math.max(opset + 1, kernels[0]); target <= kernels[1]; target++) {
      Model converted = OpsetConversion.to(model, target).orElseThrow();
      assertThat(ModelCheck.check(converted)).isEmpty();
      RewriteAssertions.assertSameOutputs(model, converted, CLOSE);
    }
  }

  private static int[] kernels(String[] parts) {
    return parts.length < 5
        ? new int[] {0, OpsetConversion.LAST}
        : Arrays.stream(parts[4].split(" ", 2)).mapToInt(Integer::parseInt).toArray();
  }

  private static String text(String[] parts) {
    String[] ends = parts[1].split(" => ", 2);
    return "<ir_version: 6, opset_import: [\"\" : %s]>\ng (%s) => (%s)\n<%s> {\n  %s\n}\n"
        .formatted(parts[0], ends[0], ends[1], parts.length > 3 ? parts[3] : "", parts[2]);
  }

  @Test
  void whatHasNoEqualIsRefusedNodeByNode() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 6, opset_import: ["" : 7]>
            g (float[2,3,4] x, float[2,3,4] s, float[2,3,4] b) => (float[2,3,4] y, float[2,3,4] z) {
              [every] n = BatchNormalization <spatial = 0> (x, s, b, s, b)
              [mask] d, m = Dropout (n)
              y = Add (d, m)
              [strange] z = Frobnicate (y)
            }
            """);
    String before = OnnxText.print(model);
    OpsetOutcome outcome = OpsetConversion.to(model, 13);
    assertThat(outcome).isInstanceOf(OpsetOutcome.Refused.class);
    assertThatThrownBy(outcome::orElseThrow)
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("BatchNormalization 'every'")
        .hasMessageContaining("Dropout 'mask'")
        .hasMessageContaining("Frobnicate 'strange'");
    assertThat(OnnxText.print(model)).isEqualTo(before);
  }

  @Test
  void opsetsOutOfReachAreRefused() {
    Model model = OnnxText.parse("g (float[2] x) => (float[2] y) { y = Relu (x) }");
    assertThat(OpsetConversion.to(model, 6)).isInstanceOf(OpsetOutcome.Refused.class);
    assertThat(OpsetConversion.to(model, 99)).isInstanceOf(OpsetOutcome.Refused.class);
    assertThat(OpsetConversion.atLeast(model, 13).orElseThrow().opset()).hasValue(17);
  }

  @Test
  void subgraphsMoveToo() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 6, opset_import: ["" : 11]>
            g (bool c, float[1,3] x) => (float[3] y) {
              y = If (c) <
                then_branch = t () => (float[3] p) { p = Squeeze <axes = [0]> (x) },
                else_branch = e () => (float[3] q) { q = ReduceSum <axes = [0], keepdims = 0> (x) }
              >
            }
            """);
    Model converted = OpsetConversion.to(model, 21).orElseThrow();
    RewriteAssertions.assertSameOutputs(model, converted, Tolerance.EXACT);
    assertThat(converted.graph().nodes().getFirst().subgraphs())
        .flatExtracting(graph -> graph.nodes())
        .allMatch(inner -> inner.inputs().size() == 2 && inner.attributes().size() <= 1);
  }

  @Test
  void functionsOfTheModelsOwnAreRefused() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17, "own" : 1]>
            g (float[2] x) => (float[2] y) { y = own.twice (x) }
            <domain: "own", opset_import: ["" : 17]>
            twice (a) => (b) { b = Add (a, a) }
            """);
    assertThatThrownBy(OpsetConversion.to(model, 18)::orElseThrow)
        .hasMessageContaining("own.twice");
  }
}
