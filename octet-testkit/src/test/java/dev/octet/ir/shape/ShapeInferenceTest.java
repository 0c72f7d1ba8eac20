package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.ir.io.OnnxText;
import org.junit.jupiter.api.Test;

/// What shape inference does with facts, gaps and contradictions.
class ShapeInferenceTest {

  @Test
  void symbolsStayExpressions() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,1,T] x, float[32,1,80] w) => (y) {
              c = Conv <strides = [16]> (x, w)
              p = MaxPool <kernel_shape = [4], strides = [4]> (c)
              y = Concat <axis = 0> (p, p)
            }
            """);
    assertThat(ShapeInference.infer(model).isComplete()).isTrue();
    assertThat(shape(model, "c")).isEqualTo("[N,32,floor(T/16)-4]");
    assertThat(shape(model, "p")).isEqualTo("[N,32,floor(T/64)-1]");
    assertThat(shape(model, "y")).isEqualTo("[2*N,32,floor(T/64)-1]");
  }

  @Test
  void statedFactsStay() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,4] x) => (float[rows,4] y) <float[M,5] a> {
              a = Relu (x)
              y = Relu (a)
            }
            """);
    ShapeReport report = ShapeInference.infer(model);
    assertThat(shape(model, "a")).isEqualTo("[M,5]");
    assertThat(shape(model, "y")).isEqualTo("[rows,4]");
    assertThat(report.contradictions()).extracting(Diagnostic::place).containsExactly("a", "y");
    assertThat(report.contradictions().getFirst())
        .hasToString(
            "a: stated to be [M,5], but Relu computing 'a' makes it [N,4]"
                + " (the stated type was kept)");
  }

  @Test
  void numbersCompleteSymbolsButNotTheOtherWayRound() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,4] x) => (float[A,B] y, float[7,4] z) {
              y = Relu (x)
              z = Neg (x)
            }
            """);
    assertThat(ShapeInference.infer(model).contradictions()).isEmpty();
    assertThat(shape(model, "y")).isEqualTo("[A,4]");
    assertThat(shape(model, "z")).isEqualTo("[7,4]");
  }

  @Test
  void anImpossibleNodeIsReportedAndTheRestGoesOn() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,4] x, float[5,6] w) => (y, z) {
              [bad] y = MatMul (x, w)
              z = Relu (x)
            }
            """);
    ShapeReport report = ShapeInference.infer(model);
    assertThat(report.contradictions())
        .extracting(Diagnostic::place)
        .containsExactly("MatMul 'bad'");
    assertThat(shape(model, "z")).isEqualTo("[N,4]");
    assertThat(report.shaped()).isEqualTo(1);
  }

  @Test
  void onlyTheCauseOfAGapIsReported() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17, "acme" : 1]>
            g (float[N,4] x) => (y) {
              a = acme.Mystery (x)
              b = Relu (a)
              y = Neg (b)
            }
            """);
    ShapeReport report = ShapeInference.infer(model);
    assertThat(report.gaps()).extracting(ShapeReport.Gap::value).contains("a");
    assertThat(report.gaps().getFirst().reason()).contains("no shape rule");
    assertThat(report.shaped()).isZero();
  }

  @Test
  void sizesThatDataDecidesGetASymbolAndAReason() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,4] x) => (y, z) {
              y = NonZero (x)
              z = Transpose (y)
            }
            """);
    ShapeReport report = ShapeInference.infer(model);
    assertThat(shape(model, "y")).isEqualTo("[2,unk.y.1]");
    assertThat(shape(model, "z")).isEqualTo("[unk.y.1,2]");
    assertThat(report.gaps()).extracting(ShapeReport.Gap::value).containsExactly("y");
  }

  @Test
  void inferringTwiceAddsNothing() {
    Model model =
        OnnxText.parse(
            """
            g (float[T,3] x, float[3] s) => (y, z) {
              y, z = Scan <
                num_scan_inputs = 1,
                body = b (a, e) => (n, o) { n = Add (a, e) o = Identity (n) }
              > (s, x)
            }
            """);
    assertThat(ShapeInference.infer(model).changed()).isPositive();
    assertThat(ShapeInference.infer(model).changed()).isZero();
    assertThat(shape(model, "z")).isEqualTo("[T,3]");
  }

  @Test
  void aDefaultThatCallersMayReplaceIsNoConstant() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,4] x, int64[2] t = {-1, 2}) => (y) {
              y = Reshape (x, t)
            }
            """);
    assertThat(ShapeInference.infer(model).gaps()).hasSize(1);
    assertThat(shape(model, "y")).isEqualTo("[unk.y.0,unk.y.1]");
  }

  @Test
  void namesOfRulesAreThoseOfTheStandard() {
    assertThat(ShapeRules.operators())
        .hasSizeGreaterThan(180)
        .contains("Conv", "Loop", "QLinearConv", "com.microsoft:QGemm");
  }

  private static String shape(Model model, String name) {
    Value value = model.graph().findValue(name).orElseThrow();
    return value.shape().map(Object::toString).orElse("none");
  }
}
