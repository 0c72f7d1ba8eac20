package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Nodes that compute the same, and inputs that nothing reads.
class SharingTest {
  private final RuleTrial merge = RuleTrial.of(new MergeEqualNodes());

  @Test
  void equalNodesBecomeOneAndSoDoTheirReaders() {
    merge.turns(
        """
        g (float[2,3] x) => (float[3,2] y) <float a = {2}, float b = {2}> {
          p = Mul (x, a)
          q = Mul (x, b)
          t = Transpose <perm = [1, 0]> (p)
          u = Transpose <perm = [1, 0]> (q)
          y = Add (t, u)
        }
        """,
        """
        g (float[2,3] x) => (float[3,2] y) <float a = {2}> {
          p = Mul (x, a)
          t = Transpose <perm = [1, 0]> (p)
          y = Add (t, t)
        }
        """);
  }

  @Test
  void anOutputOfTheModelKeepsItsName() {
    merge.turns(
        """
        g (float[2] x) => (float[2] y, float[2] z) {
          a = Relu (x)
          y = Relu (x)
          z = Neg (a)
        }
        """,
        """
        g (float[2] x) => (float[2] y, float[2] z) {
          y = Relu (x)
          z = Neg (y)
        }
        """);
  }

  @Test
  void twoOutputsOfTheModelStayTwo() {
    merge.declines(
        "g (float[2] x) => (float[2] y, float[2] z) { y = Relu (x)\n z = Relu (x) }", "callers");
  }

  @Test
  void whatDiffersStays() {
    merge.ignores(
        """
        g (float[2,2] x) => (float[2,2] y, float[2,2] z, float[2] r, float[2] s) {
          y = LeakyRelu <alpha = 0.1> (x)
          z = LeakyRelu <alpha = 0.2> (x)
          r = ReduceMean <axes = [0], keepdims = 0> (x)
          s = ReduceMean <axes = [1], keepdims = 0> (x)
        }
        """);
  }

  @Test
  void chanceAndDequantizedWeightsStay() {
    merge.ignores(
        """
        g (float[2] x) => (float[2] y, float[2] z) <uint8[2] q = {1, 2}, float s = {0.5}> {
          a = DequantizeLinear (q, s)
          b = DequantizeLinear (q, s)
          y = Add (a, x)
          z = Sub (b, x)
        }
        """);
    merge.ignores(
        """
        g (float[2] x) => (float[2] y, float[2] z) {
          y = RandomNormalLike (x)
          z = RandomNormalLike (x)
        }
        """);
  }

  @Test
  void dequantizersMergeWhenAsked() {
    RuleTrial.of(MergeEqualNodes.ofDequantizers())
        .turns(
            """
            g (uint8[2] q) => (float[2] y, float[2] z) <float s = {0.5}, float t = {0.25}> {
              a = DequantizeLinear (q, s)
              b = DequantizeLinear (q, s)
              c = DequantizeLinear (q, t)
              y = Add (a, c)
              d = Neg (b)
              z = Neg (d)
            }
            """,
            """
            g (uint8[2] q) => (float[2] y, float[2] z) <float s = {0.5}, float t = {0.25}> {
              a = DequantizeLinear (q, s)
              c = DequantizeLinear (q, t)
              y = Add (a, c)
              d = Neg (a)
              z = Neg (d)
            }
            """);
    RuleTrial.of(MergeEqualNodes.ofDequantizers())
        .ignores("g (float[2] x) => (float[2] y) { a = Neg (x)\n b = Neg (x)\n y = Add (a, b) }");
  }

  @Test
  void inputsThatNothingReadsGoWhenAsked() {
    assertThat(
            RuleTrial.of(new RemoveUnusedInputs())
                .after("g (float[2] x, float[2] spare) => (float[2] y) { y = Relu (x) }")
                .graph()
                .inputs())
        .hasSize(1);
  }
}
