package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.ir.io.OnnxText;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import java.util.Collections;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Rewrites of whole models.
class CleaningTest {

  @Test
  void whatNothingDependsOnGoes() {
    Model model =
        OnnxText.parse(
            """
            g (float[2] x, float[2] unread) => (float[2] y)
            <float[2] used = {1, 2}, float[2] dead = {3, 4}, float[2] never = {5, 6}> {
              a = Add (x, dead)
              b = Relu (a)
              y = Add (x, used)
            }
            """);
    Pipeline.of(Pass.of(new RemoveUnused())).run(model);
    assertThat(model.graph().nodes()).hasSize(1);
    assertThat(model.graph().initializers()).extracting(Value::name).containsExactly("used");
    assertThat(model.graph().inputs()).hasSize(2);
  }

  @Test
  void whatASubgraphReadsStays() {
    RuleTrial.of(new RemoveUnused())
        .ignores(
            """
            g (bool c, float[2] x) => (float[2] y) <float[2] w = {1, 2}> {
              h = Relu (x)
              y = If (c) <
                then_branch = t () => (float[2] p) { p = Add (h, w) },
                else_branch = e () => (float[2] q) { q = Relu (h) }
              >
            }
            """);
  }

  @Test
  void equalInitializersBecomeOne() {
    String numbers = numbers(300);
    Model model =
        OnnxText.parse(
            """
            g (float[300] x) => (float[300] y)
            <float[300] a = {%s}, float[300] b = {%s}, float[300] c = {%s}> {
              p = Add (x, a)
              q = Mul (p, b)
              y = Add (q, c)
            }
            """
                .formatted(numbers, numbers, numbers.replaceFirst("0", "9")));
    Pipeline.of(Pass.of(new DeduplicateInitializers())).run(model);
    assertThat(model.graph().initializers()).extracting(Value::name).containsExactly("a", "c");
  }

  @Test
  void smallBiasesStayApart() {
    RuleTrial.of(new DeduplicateInitializers())
        .ignores(
            """
            g (float[2] x) => (float[2] y) <float[2] a = {0, 0}, float[2] b = {0, 0}> {
              p = Add (x, a)
              y = Add (p, b)
            }
            """);
  }

  @Test
  void weightsListedAsInputsBecomeConstants() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 3, opset_import: ["" : 8]>
            g (float[2] x, float[2] w = {1, 2}) => (float[2] y) {
              y = Add (x, w)
            }
            """);
    Pipeline.of(Pass.of(new FreezeInputDefaults())).run(model);
    assertThat(model.info().irVersion()).isEqualTo(4);
    assertThat(model.graph().inputs()).extracting(Value::name).containsExactly("x");
    assertThat(model.graph().findValue("w").orElseThrow().isConstant()).isTrue();
  }

  private static String numbers(int count) {
    return Collections.nCopies(count, "0.5").stream().collect(Collectors.joining(", "));
  }
}
