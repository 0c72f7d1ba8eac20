package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.DataType;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.OnnxText;
import java.util.List;
import java.util.Map;
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
  void sizesThatAnOperatorForcesToBeEqualGetOneName() {
    Model model =
        OnnxText.parse(
            """
            g (float[A,S] x, float[B,S2] z, float[C,K] w, float[N,L,8] i, float[4,3,2] k) => (y) {
              y = Relu (z)
              v = Relu (w)
              j = Relu (i)
              c = Concat <axis = 1> (x, z)
              m = MatMul (x, w)
              n = Conv (i, k)
            }
            """);
    assertThat(ShapeInference.infer(model).contradictions()).isEmpty();
    assertThat(shape(model, "c")).isEqualTo("[A,S+S2]");
    assertThat(shape(model, "y")).isEqualTo("[A,S2]");
    assertThat(shape(model, "v")).isEqualTo("[S,K]");
    assertThat(shape(model, "j")).isEqualTo("[N,3,8]");
    assertThat(shape(model, "z")).isEqualTo("[B,S2]");
  }

  @Test
  void aKnownConditionTakesItsBranch() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,4] x) => (y) <int64 four = {4}, int64 one = {1}> {
              s = Shape (x)
              n = Gather (s, one)
              c = Equal (n, four)
              y = If (c) <
                then_branch = t () => (a) { a = Transpose (x) },
                else_branch = e () => (b) { b = Flatten <axis = 0> (x) }
              >
            }
            """);
    ShapeInference.infer(model);
    assertThat(shape(model, "y")).isEqualTo("[4,N]");
  }

  @Test
  void integersOfBothBranchesAreFollowed() {
    Model model =
        OnnxText.parse(
            """
            g (bool c, float[N,4] x) => (y) {
              t = If (c) <
                then_branch = t () => (a) { a = Constant <value_ints = [2, -1]> () },
                else_branch = e () => (b) { b = Constant <value_ints = [2, -1]> () }
              >
              y = Reshape (x, t)
            }
            """);
    ShapeInference.infer(model);
    assertThat(shape(model, "y")).isEqualTo("[2,2*N]");
  }

  @Test
  void paddingsThatAreReshapedAndTurnedAreFollowed() {
    // As exporters of PyTorch's pad write it: pairs from the last axis to the first.
    Model model =
        OnnxText.parse(
            """
            g (float[N,3,T] x) => (y) <
              int64[6] pairs = {1, 2, 0, 0, 0, 0}, int64[2] two = {-1, 2}, int64[1] flat = {-1},
              int64[1] from = {-1}, int64[1] to = {-9223372036854775807}, int64[1] axis = {0},
              int64[1] step = {-1}
            > {
              a = Reshape (pairs, two)
              b = Slice (a, from, to, axis, step)
              c = Transpose (b)
              p = Reshape (c, flat)
              y = Pad (x, p)
            }
            """);
    ShapeInference.infer(model);
    assertThat(shape(model, "y")).isEqualTo("[N,3,T+3]");
  }

  @Test
  void hintsFillOnlyWhatRulesLeaveOpen() {
    String text =
        """
        <ir_version: 8, opset_import: ["" : 17, "acme" : 1]>
        g (float[N,4] x) => (y) {
          a = acme.Mystery (x)
          y = Relu (a)
        }
        """;
    Model model = OnnxText.parse(text);
    ShapeHints hints =
        ShapeHints.agreed(
            model,
            List.of(
                Map.of("x", floats(2, 4), "a", floats(2, 7), "y", floats(2, 7)),
                Map.of("x", floats(4, 4), "a", floats(4, 7), "y", floats(4, 7))));
    ShapeReport report = ShapeInference.infer(model, hints);
    assertThat(report.hints()).extracting(ShapeReport.Hint::value).containsExactly("a");
    assertThat(report.hints().getFirst().toString()).contains("seen in a real run");
    assertThat(shape(model, "y")).isEqualTo("[unk.a.0,7]");

    Model once = OnnxText.parse(text);
    ShapeHints ofOneRun =
        ShapeHints.agreed(once, List.of(Map.of("x", floats(2, 4), "a", floats(2, 7))));
    ShapeInference.infer(once, ofOneRun);
    assertThat(shape(once, "a")).isEqualTo("[unk.a.0,unk.a.1]");

    Model sameSizes = OnnxText.parse(text);
    Map<String, ValueType.OfTensor> run = Map.of("x", floats(2, 4), "a", floats(2, 7));
    ShapeInference.infer(sameSizes, ShapeHints.agreed(sameSizes, List.of(run, run)));
    assertThat(shape(sameSizes, "a")).isEqualTo("[unk.a.0,unk.a.1]");
  }

  @Test
  void namesOfRulesAreThoseOfTheStandard() {
    assertThat(ShapeRules.operators())
        .hasSizeGreaterThan(180)
        .contains("Conv", "Loop", "QLinearConv", "com.microsoft:QGemm");
  }

  private static ValueType.OfTensor floats(long... sizes) {
    return ValueType.tensor(DataType.FLOAT, Shape.of(sizes));
  }

  private static String shape(Model model, String name) {
    Value value = model.graph().findValue(name).orElseThrow();
    return value.shape().map(Object::toString).orElse("none");
  }
}
