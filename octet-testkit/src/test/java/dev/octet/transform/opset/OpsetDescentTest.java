package dev.octet.transform.opset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.schema.OperatorAdditions;
import dev.octet.ir.schema.OperatorHistory;
import dev.octet.testkit.RewriteAssertions;
import dev.octet.testkit.SharedData;
import dev.octet.testkit.Tolerance;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// To an older opset goes what means the same there, and nothing else.
class OpsetDescentTest {
  @ParameterizedTest
  @CsvSource({"mnist8.onnx", "cifar_imageclassifier.onnx", "go1_policy.onnx", "yolox_nano.onnx"})
  void trainedModelsComeBackDown(String file) {
    Model newest =
        OpsetConversion.to(ModelReader.read(SharedData.model(file)), OpsetConversion.LAST)
            .orElseThrow();
    for (int target : new int[] {13, 17, 21}) {
      Model older = OpsetConversion.to(newest, target).orElseThrow();
      assertThat(older.opset()).hasValue(target);
      RewriteAssertions.assertSameOutputs(newest, older, Tolerance.EXACT);
    }
  }

  @Test
  void attributesThatStateANewerDefaultAreLeftOut() {
    Model model =
        model(
            21,
            "float[2,3] x",
            """
            s = Shape <start = 0> (x)
            y = Reshape <allowzero = 0> (x, s)
            """);
    Model older = OpsetConversion.to(model, 13).orElseThrow();
    assertThat(older.graph().nodes()).allMatch(node -> node.attributes().isEmpty());
    RewriteAssertions.assertSameOutputs(model, older, Tolerance.EXACT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "18 | 17 | float[2,3] x | y = Mish (x) | came with opset 18",
        "18 | 17 | float[2,3] x | y = ReduceMean (x) | is defined otherwise since opset 18",
        "18 | 17 | float[5] x | y, v = Split <num_outputs = 2> (x) | 'num_outputs' of 2",
        "18 | 17 | float[N] x | y, v = Split <num_outputs = 2> (x) | 'num_outputs' of 2",
        "18 | 17 | float[1,2,3] x | y = GroupNorm (x) | has no such operator",
        "15 | 14 | float[2,3] x | y = Shape <start = 1> (x) | 'start' of 1 came with opset 15",
        "19 | 18 | float[1,1,5] x | y = AveragePool <kernel_shape = [2], dilations = [2]> (x)"
            + " | 'dilations' came with opset 19",
        "19 | 18 | float[2,3] x | y = Pad <mode = \"wrap\"> (x, p) | 'mode' of wrap",
        "18 | 13 | float[2,3] x | y = Pad (x, p, , a) | its inputs were others before opset 18",
        "14 | 13 | int8[2,3] x | y = Relu (x) | takes int8 since opset 14",
        "14 | 13 | int8[2,3] x | q = SequenceConstruct (x)\\n y = Identity (q) | takes seq",
        "16 | 13 | float[2,3] x | o = Unknown.op (x)\\n"
            + " y = Where (b, o, x) | 'o' holds is not known",
      })
  void whatCameLaterIsNamed(int from, int target, String input, String nodes, String reason) {
    Model model = model(from, input + ", bool[2,3] b, int64[4] p, int64[2] a", nodes);
    assertThat(OpsetConversion.to(model, target))
        .isInstanceOfSatisfying(
            OpsetOutcome.Refused.class,
            refused -> assertThat(refused.blockers().toString()).contains(reason));
  }

  @Test
  void nodesWithOneReasonAreCounted() {
    Model model = model(18, "float[2] x", "a = Mish (x)\n b = Mish (a)\n y = Mish (b)");
    assertThat(OpsetConversion.to(model, 17))
        .isInstanceOfSatisfying(
            OpsetOutcome.Refused.class,
            refused ->
                assertThat(refused.blockers())
                    .extracting(Diagnostic::place)
                    .containsExactly("Mish computing 'a' and 2 more nodes"));
  }

  /// Below opset 14 only what has not been defined anew at all.
  @Test
  void olderOpsetsTakeWhatHasNotChangedSince() {
    Model same = model(13, "float[1,1,4,4] x", "y = MaxPool <kernel_shape = [2, 2]> (x)");
    assertThat(OpsetConversion.to(same, 12).orElseThrow().opset()).hasValue(12);
    assertThat(OpsetConversion.to(model(13, "float[2] x", "y = Relu (x)"), 12))
        .isInstanceOf(OpsetOutcome.Refused.class);
  }

  /// The table cannot tell that a change asks for another form, but the steps upwards can.
  @Test
  void noChangeThatAsksForAnotherFormIsTakenForAnAddition() {
    Set<String> both = new TreeSet<>();
    for (String operator : List.of("RoiAlign", "GroupNormalization", "DFT", "GridSample")) {
      OperatorHistory.of(operator)
          .orElseThrow()
          .changes()
          .forEach(
              change -> {
                if (OpsetSteps.find(operator, change.opset()).isPresent()
                    && OperatorAdditions.of(operator, change.opset()).isPresent()) {
                  both.add(operator + " " + change.opset());
                }
              });
    }
    assertThat(both).isEmpty();
    Map<String, Integer> harmless = Map.of("Split", 18, "BatchNormalization", 14);
    harmless.forEach(
        (operator, opset) -> assertThat(OperatorAdditions.of(operator, opset)).isPresent());
  }

  private static Model model(int opset, String inputs, String nodes) {
    return OnnxText.parse(
        """
        <ir_version: 8, opset_import: ["" : %d, "Unknown" : 1]>
        g (%s) => (y) {
          %s
        }
        """
            .formatted(opset, inputs, nodes.replace("\\n", "\n")));
  }
}
