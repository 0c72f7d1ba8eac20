package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.transform.NodeEvaluator;
import org.junit.jupiter.api.Test;

/// Rules that make constants of what is constant.
class ConstantsTest {
  private final RuleTrial toInitializer = RuleTrial.of(new ConstantToInitializer());
  private final RuleTrial fold = RuleTrial.of(new FoldConstants());
  private final RuleTrial foldShapes = RuleTrial.of(new FoldShapes());
  private final RuleTrial reshapeTarget = RuleTrial.of(new ConstantReshapeTarget());

  @Test
  void constantNodesBecomeInitializers() {
    toInitializer.turns(
        """
        g (float[N,2] x) => (float[N,2] y) {
          c = Constant <value = float[2] {1, 2}> ()
          y = Add (x, c)
        }
        """,
        """
        g (float[N,2] x) => (float[N,2] y) <float[2] c = {1, 2}> {
          y = Add (x, c)
        }
        """);
  }

  @Test
  void everyPlainFormOfConstantBecomesAnInitializer() {
    assertThat(
            toInitializer.operatorsAfter(
                """
                g (float[4] x) => (float[2,2] y) {
                  a = Constant <value_ints = [2, 2]> ()
                  r = Reshape (x, a)
                  b = Constant <value_float = 2.5> ()
                  s = Mul (r, b)
                  c = Constant <value_floats = [1.0, 2.0]> ()
                  y = Add (s, c)
                }
                """))
        .containsExactly("Reshape", "Mul", "Add");
  }

  @Test
  void aConstantThatCallersSeeStays() {
    toInitializer.declines(
        """
        g (float[2] x) => (float[2] x, float[1] c) {
          c = Constant <value = float[1] {1}> ()
        }
        """
            .replace("(float[2] x, float[1] c)", "(float[2] y, float[1] c)")
            .replace("{\n", "{\n  y = Relu (x)\n"),
        "graph output");
  }

  @Test
  void oldFilesKeepTheirConstants() {
    toInitializer.declines(
        """
        <ir_version: 3, opset_import: ["" : 8]>
        g (float[2] x) => (float[2] y) {
          c = Constant <value = float[1] {1}> ()
          y = Add (x, c)
        }
        """,
        "IR version 3");
  }

  @Test
  void arithmeticOnConstantsIsComputed() {
    fold.turns(
        """
        g (float[N,3] x) => (float[N,3] y)
        <float[3] a = {1, 2, 3}, float[1] b = {4}, int64[1] k = {7}> {
          s = Sqrt (b)
          m = Mul (a, s)
          d = Sub (m, b)
          y = Add (x, d)
        }
        """,
        """
        g (float[N,3] x) => (float[N,3] y) <float[3] d = {-2, 0, 2}> {
          y = Add (x, d)
        }
        """);
  }

  @Test
  void dataMovementOnConstantsIsComputed() {
    fold.turns(
        """
        g (float[N,2] x) => (float[N,3] y)
        <float[3,2] w = {1, 2, 3, 4, 5, 6}, int64[1] i = {2}, int64[2] s = {0, 0}, int64[2] e = {3, 1}> {
          t = Transpose <perm = [1, 0]> (w)
          y = MatMul (x, t)
        }
        """,
        """
        g (float[N,2] x) => (float[N,3] y) <float[2,3] t = {1, 3, 5, 2, 4, 6}> {
          y = MatMul (x, t)
        }
        """);
    assertThat(
            fold.operatorsAfter(
                """
                g (float[N,6] x) => (float[N,6] y)
                <float[3,2] w = {1, 2, 3, 4, 5, 6}, int64[2] i = {2, -3}, int64[1] s = {-1},
                 int64[1] e = {-9}, int64[1] a = {0}, int64[1] p = {-2}, int64[2] big = {3, 2},
                 int64[1] flat = {-1}, float[1,2] row = {7, 8}> {
                  picked = Gather (w, i)
                  back = Slice (w, s, e, a, p)
                  both = Concat <axis = 0> (picked, back)
                  cut = Slice (both, a, i_end, a)
                  spread = Expand (row, big)
                  sum = Add (cut, spread)
                  line = Reshape (sum, flat)
                  y = Add (x, line)
                }
                """
                    .replace("int64[1] flat", "int64[1] i_end = {3}, int64[1] flat")))
        .containsExactly("Add");
  }

  @Test
  void dequantizedWeightsAreNeverFolded() {
    fold.ignores(
        """
        g (float[N,2] x) => (float[N,2] y)
        <int8[2,2] w = {1, 2, 3, 4}, float s = {0.5}, int8 z = {0}> {
          d = DequantizeLinear (w, s, z)
          y = MatMul (x, d)
        }
        """);
  }

  @Test
  void resultsOverTheLimitStayComputed() {
    RuleTrial.of(new FoldConstants(NodeEvaluator.NONE, 64))
        .declines(
            """
            g (float[N,4] x) => (float[N,4] y) <int64[2] size = {100, 4}> {
              big = ConstantOfShape (size)
              sum = ReduceSum <keepdims = 0> (big)
              y = Add (x, sum)
            }
            """,
            "limit");
  }

  @Test
  void integersThatShapesDetermineBecomeConstants() {
    assertThat(
            RuleTrial.of(new FoldShapes())
                .operatorsAfter(
                    """
                    g (float[N,3,4] x) => (float[N,12] y)
                    <int64 one = {1}, int64 two = {2}, int64[1] axis = {0}, int64[1] rest = {-1}> {
                      s = Shape (x)
                      a = Gather (s, one)
                      b = Gather (s, two)
                      c = Mul (a, b)
                      d = Unsqueeze (c, axis)
                      e = Concat <axis = 0> (rest, d)
                      y = Reshape (x, e)
                    }
                    """))
        .contains("Reshape");
    foldShapes.ignores(
        """
        g (float[N,3] x) => (int64[2] y) {
          s = Shape (x)
          y = Add (s, s)
        }
        """);
  }

  @Test
  void aComputedReshapeTargetBecomesConstant() {
    reshapeTarget.turns(
        """
        g (float[N,3,4] x) => (float[N,12] y)
        <int64 zero = {0}, int64[1] axis = {0}, int64[1] rest = {12}> {
          s = Shape (x)
          a = Gather (s, zero)
          d = Unsqueeze (a, axis)
          e = Concat <axis = 0> (d, rest)
          y = Reshape (x, e)
        }
        """,
        """
        g (float[N,3,4] x) => (float[N,12] y) <int64[2] t = {-1, 12}> {
          y = Reshape (x, t)
        }
        """);
  }

  @Test
  void aTargetWithTwoDynamicDimensionsStaysComputed() {
    reshapeTarget.declines(
        """
        g (float[N,T,4] x) => (float[N,T,2,2] y)
        <int64[1] z = {0}, int64[1] two = {2}, int64[2] rest = {2, 2}> {
          s = Shape (x)
          d = Slice (s, z, two)
          e = Concat <axis = 0> (d, rest)
          y = Reshape (x, e)
        }
        """,
        "but for one dimension");
  }
}
