package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeAssumptions.Broadcasts;
import dev.octet.ir.shape.ShapeAssumptions.WithoutRule;
import org.junit.jupiter.api.Test;

/// What is taken for granted when asked for, and that it is told and given up where it is not so.
class ShapeAssumptionsTest {
  private static final ShapeAssumptions MERGING = withMerging(Broadcasts.MERGED);

  /// A mask of the whole length added to scores over the past and the present, as decoders do.
  private static final String DECODER =
      """
      g (float[batch,heads,len,size] q, float[batch,heads,past,size] k,
         float[batch,heads,len,size] n, float[batch,1,len,total] mask) => (y) {
        keys = Concat <axis = 2> (k, n)
        turned = Transpose <perm = [0, 1, 3, 2]> (keys)
        scores = MatMul (q, turned)
        masked = Add (scores, mask)
        y = Softmax (masked)
      }
      """;

  @Test
  void sizesBroadcastTogetherAreOneWhereThatIsAskedFor() {
    Model plain = OnnxText.parse(DECODER);
    ShapeInference.infer(plain);
    assertThat(shape(plain, "y")).isEqualTo("[batch,heads,len,unk.masked.3]");

    // What an earlier inference called by a name of its own is found anew.
    ShapeReport report = ShapeInference.infer(plain, ShapeHints.NONE, MERGING);
    assertThat(shape(plain, "y")).isEqualTo("[batch,heads,len,len+past]");
    assertThat(report.assumptions())
        .extracting(ShapeReport.Assumption::toString)
        .containsExactly("len+past = total (assumed at Add computing 'masked')");
    assertThat(report.contradictions()).isEmpty();
    assertThat(report.gaps()).isEmpty();
    assertThat(shape(plain, "mask")).isEqualTo("[batch,1,len,total]");
    assertThat(ShapeInference.infer(plain, ShapeHints.NONE, MERGING).changed()).isZero();
  }

  @Test
  void everyOperatorThatBroadcastsMerges() {
    Model model =
        OnnxText.parse(
            """
            g (float[A,3] a, float[B,3] b, bool[C,3] c, float[D,3,2] d, float[E,2,5] e,
               float[F] f) => (w, m, x, s) <int64[1] axis = {0}> {
              w = Where (c, a, b)
              m = MatMul (d, e)
              n = Shape <start = 0, end = 1> (f)
              one = Unsqueeze (f, axis)
              x = Expand (one, n)
              s = Sum (a, b, w)
            }
            """);
    ShapeReport report = ShapeInference.infer(model, ShapeHints.NONE, MERGING);
    assertThat(report.contradictions()).isEmpty();
    assertThat(shape(model, "w")).isEqualTo("[C,3]");
    assertThat(shape(model, "s")).isEqualTo("[C,3]");
    assertThat(shape(model, "m")).isEqualTo("[D,3,5]");
    assertThat(shape(model, "x")).isEqualTo("[1,F]");
  }

  @Test
  void aMergeThatContradictsTheModelIsGivenUpAndTold() {
    // A turns out to be 1, which broadcasts, so that it is not B.
    Model model =
        OnnxText.parse(
            """
            g (float[A,2] a, float[B,2] b, float[C,2] c, float[D,2] d, float[1,4] one,
               float[5,4] five) => (y, z, w, v) {
              [first] z = Add (c, d)
              [wrong] y = Add (a, b)
              w = Gemm <transA = 1> (a, one)
              v = Gemm <transA = 1> (b, five)
            }
            """);
    ShapeReport report = ShapeInference.infer(model, ShapeHints.NONE, MERGING);
    assertThat(report.assumptions())
        .extracting(ShapeReport.Assumption::node)
        .containsExactly("Add 'first'");
    assertThat(report.contradictions())
        .extracting(Diagnostic::place)
        .containsExactly("Add 'wrong'");
    assertThat(report.contradictions().getFirst().message())
        .contains("cannot be assumed")
        .contains("A = B")
        .contains("5");
  }

  @Test
  void aNumberIsNoBoundWhereThatIsAskedFor() {
    String text =
        """
        g (float[N,T] x) => (y, z) <int64[1] s = {0}, int64[1] e = {4096}, int64[1] a = {1}> {
          y = Slice (x, s, e, a)
          z = Relu (y)
        }
        """;
    Model bounded = OnnxText.parse(text);
    ShapeInference.infer(bounded);
    assertThat(shape(bounded, "y")).isEqualTo("[N,min(4096,T)]");
    ShapeReport report =
        ShapeInference.infer(
            bounded,
            ShapeHints.NONE,
            new ShapeAssumptions(Broadcasts.OPEN, 4096, WithoutRule.UNKNOWN));
    assertThat(shape(bounded, "z")).isEqualTo("[N,T]");
    assertThat(report.assumptions())
        .extracting(ShapeReport.Assumption::what)
        .containsExactly("T <= 4096");
    assertThatThrownBy(() -> new ShapeAssumptions(Broadcasts.OPEN, 0, WithoutRule.UNKNOWN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUnknownOperatorIsGuessedToKeepTypeAndRank() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17, "acme" : 1]>
            g (float[N,4] x) => (y) {
              [odd] a = acme.Mystery (x)
              y = Relu (a)
            }
            """);
    ShapeReport report =
        ShapeInference.infer(
            model,
            ShapeHints.NONE,
            new ShapeAssumptions(
                Broadcasts.OPEN, ShapeAssumptions.BOUNDLESS, WithoutRule.LIKE_FIRST_INPUT));
    assertThat(shape(model, "y")).isEqualTo("[unk.a.0,unk.a.1]");
    assertThat(report.assumptions())
        .extracting(ShapeReport.Assumption::toString)
        .containsExactly(
            "computes FLOAT of rank 2, as its first input is (assumed at acme.Mystery 'odd')");
    assertThat(report.gaps()).extracting(ShapeReport.Gap::value).containsExactly("a");
  }

  private static ShapeAssumptions withMerging(Broadcasts broadcasts) {
    return new ShapeAssumptions(broadcasts, ShapeAssumptions.BOUNDLESS, WithoutRule.UNKNOWN);
  }

  private static String shape(Model model, String name) {
    return model.graph().findValue(name).orElseThrow().shape().orElseThrow().toString();
  }
}
