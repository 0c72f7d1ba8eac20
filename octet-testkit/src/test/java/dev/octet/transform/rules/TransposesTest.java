package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Transposes that meet further down.
class TransposesTest {
  private final RuleTrial push = RuleTrial.of(new PushTransposes());

  @Test
  void twoBecomeOneBelowTheSumOfTheirSquares() {
    push.turns(
        """
        g (float[N,3,4] a, float[N,3,4] b) => (float[N,4,3] y) <float two = {2}> {
          p = Transpose <perm = [0, 2, 1]> (a)
          q = Transpose <perm = [0, 2, 1]> (b)
          r = Mul (p, p)
          s = Pow (q, two)
          t = Add (r, s)
          u = Sqrt (t)
          y = Softmax <axis = 1> (u)
        }
        """,
        """
        g (float[N,3,4] a, float[N,3,4] b) => (float[N,4,3] y) <float two = {2}> {
          r = Mul (a, a)
          s = Pow (b, two)
          t = Add (r, s)
          u = Sqrt (t)
          v = Transpose <perm = [0, 2, 1]> (u)
          y = Softmax <axis = 1> (v)
        }
        """);
  }

  @Test
  void opposites() {
    push.turns(
        """
        g (float[N,3,4,5] x) => (float[N,3,4,5] y) <float[3] bias = {1, 2, 3}> {
          a = Relu (x)
          p = Transpose <perm = [0, 2, 3, 1]> (a)
          r = Add (p, bias)
          s = Sigmoid (r)
          m = Mul (r, s)
          q = Transpose <perm = [0, 3, 1, 2]> (m)
          y = Relu (q)
        }
        """,
        """
        g (float[N,3,4,5] x) => (float[N,3,4,5] y) <float[1,3,1,1] bias = {1, 2, 3}> {
          a = Relu (x)
          r = Add (a, bias)
          s = Sigmoid (r)
          m = Mul (r, s)
          y = Relu (m)
        }
        """);
  }

  @Test
  void oppositesThatAreEqual() {
    push.turns(
        """
        g (float[2,3] x) => (float[2,3] y) {
          p = Transpose <perm = [1, 0]> (x)
          r = Relu (p)
          q = Transpose <perm = [1, 0]> (r)
          y = Abs (q)
        }
        """,
        """
        g (float[2,3] x) => (float[2,3] y) {
          r = Relu (x)
          y = Abs (r)
        }
        """);
  }

  @Test
  void aReductionDropsTheAxesInstead() {
    push.turns(
        """
        g (float[N,3,4,5] x) => (float[N,3] y) {
          p = Transpose <perm = [0, 2, 3, 1]> (x)
          r = Relu (p)
          y = ReduceMax <axes = [1, -2], keepdims = 0> (r)
        }
        """,
        """
        g (float[N,3,4,5] x) => (float[N,3] y) {
          r = Relu (x)
          y = ReduceMax <axes = [2, 3], keepdims = 0> (r)
        }
        """);
  }

  @Test
  void aReductionThatLeavesAxesInAnotherOrderStays() {
    push.ignores(
        """
        g (float[2,3,4] x) => (float[4,3] y) {
          p = Transpose <perm = [2, 1, 0]> (x)
          y = ReduceMax <axes = [2], keepdims = 0> (p)
        }
        """);
  }

  @Test
  void theAxisOfAConcatenationIsNamedAnew() {
    push.turns(
        """
        g (float[N,3,4,5] a, float[N,2,4,5] b) => (float[N,5,4,5] y) {
          p = Transpose <perm = [0, 2, 3, 1]> (a)
          q = Transpose <perm = [0, 2, 3, 1]> (b)
          r = Relu (q)
          c = Concat <axis = -1> (p, r)
          t = Transpose <perm = [0, 3, 1, 2]> (c)
          y = Abs (t)
        }
        """,
        """
        g (float[N,3,4,5] a, float[N,2,4,5] b) => (float[N,5,4,5] y) {
          r = Relu (b)
          c = Concat <axis = 1> (a, r)
          y = Abs (c)
        }
        """);
    // What is joined with a constant would need the constant transposed.
    push.ignores(
        """
        g (float[2,3] a) => (float[2,4] y) <float[1,2] k = {1, 2}> {
          p = Transpose <perm = [1, 0]> (a)
          c = Concat <axis = 0> (p, k)
          t = Transpose <perm = [1, 0]> (c)
          y = Abs (t)
        }
        """);
  }

  @Test
  void theAxisOfASoftmaxIsNamedAnew() {
    push.turns(
        """
        g (float[N,3,4] x) => (float[N,3,4] y) {
          p = Transpose <perm = [0, 2, 1]> (x)
          s = Softmax (p)
          l = LogSoftmax <axis = 0> (s)
          q = Transpose <perm = [0, 2, 1]> (l)
          y = Abs (q)
        }
        """,
        """
        g (float[N,3,4] x) => (float[N,3,4] y) {
          s = Softmax <axis = 1> (x)
          l = LogSoftmax <axis = 0> (s)
          y = Abs (l)
        }
        """);
    // Up to opset 12 it worked over all axes from there on.
    push.ignores(
        """
        <ir_version: 7, opset_import: ["" : 12]>
        g (float[2,3,4] x) => (float[2,3,4] y) {
          p = Transpose <perm = [0, 2, 1]> (x)
          s = Softmax <axis = 1> (p)
          q = Transpose <perm = [0, 2, 1]> (s)
          y = Abs (q)
        }
        """);
  }

  @Test
  void theAxisOfScalesIsNamedAnew() {
    push.turns(
        """
        g (float[N,3,4,5] x) => (float[N,3,4,5] y)
        <float[3] s = {0.1, 0.2, 0.3}, uint8[3] z = {0, 128, 3}, float one = {0.5}, int8 n = {1}> {
          p = Transpose <perm = [0, 2, 3, 1]> (x)
          q = QuantizeLinear <axis = -1> (p, s, z)
          d = DequantizeLinear <axis = 3> (q, s, z)
          e = QuantizeLinear (d, one, n)
          f = DequantizeLinear (e, one, n)
          t = Transpose <perm = [0, 3, 1, 2]> (f)
          y = Abs (t)
        }
        """,
        """
        g (float[N,3,4,5] x) => (float[N,3,4,5] y)
        <float[3] s = {0.1, 0.2, 0.3}, uint8[3] z = {0, 128, 3}, float one = {0.5}, int8 n = {1}> {
          q = QuantizeLinear <axis = 1> (x, s, z)
          d = DequantizeLinear <axis = 1> (q, s, z)
          e = QuantizeLinear (d, one, n)
          f = DequantizeLinear (e, one, n)
          y = Abs (f)
        }
        """);
  }

  @Test
  void nothingMovesWhereNoneIsSaved() {
    push.declines(
        """
        g (float[2,3] x, float[3,2] z) => (float[3,2] y) {
          p = Transpose <perm = [1, 0]> (x)
          r = Relu (p)
          y = Add (r, z)
        }
        """,
        "no fewer would be left");
    push.ignores(
        """
        g (float[2,3] x) => (float[2,3] y) <float[3,2] table = {1, 2, 3, 4, 5, 6}> {
          p = Transpose <perm = [1, 0]> (x)
          r = Add (p, table)
          y = Transpose <perm = [1, 0]> (r)
        }
        """);
  }

  @Test
  void slicesAlongDifferentAxes() {
    RuleTrial.of(new FuseSlices())
        .turns(
            """
            g (float[1,6,8] x) => (float[1,3,2] y)
            <int64[1] a = {0}, int64[1] big = {100}, int64[1] one = {1}, int64[1] two = {2},
             int64[1] last = {-1}, int64[1] four = {4}> {
              h = Slice (x, a, big, one, two)
              y = Slice (h, one, big, last, four)
            }
            """,
            """
            g (float[1,6,8] x) => (float[1,3,2] y)
            <int64[2] a = {0, 1}, int64[2] b = {100, 100}, int64[2] c = {1, 2}, int64[2] d = {2, 4}> {
              y = Slice (x, a, b, c, d)
            }
            """);
    RuleTrial.of(new FuseSlices())
        .declines(
            """
            g (float[6] x) => (float[2] y) <int64[1] a = {1}, int64[1] b = {5}, int64[1] c = {3}> {
              h = Slice (x, a, b)
              y = Slice (h, a, c)
            }
            """,
            "both cut along axis 0");
  }

  @Test
  void squeezesInARow() {
    RuleTrial fuse = RuleTrial.of(new FuseSqueezes());
    fuse.turns(
        """
        g (float[N,1,M,1] x) => (float[N,M] y) <int64[1] a = {-1}, int64[1] b = {1}> {
          h = Squeeze (x, a)
          y = Squeeze (h, b)
        }
        """,
        """
        g (float[N,1,M,1] x) => (float[N,M] y) <int64[2] a = {1, 3}> {
          y = Squeeze (x, a)
        }
        """);
    fuse.turns(
        """
        g (float[N,M] x) => (float[1,N,1,M] y) <int64[1] a = {1}, int64[1] b = {0}> {
          h = Unsqueeze (x, a)
          y = Unsqueeze (h, b)
        }
        """,
        """
        g (float[N,M] x) => (float[1,N,1,M] y) <int64[2] a = {0, 2}> {
          y = Unsqueeze (x, a)
        }
        """);
    fuse.turns(
        """
        g (float[N,M] x) => (float[N,M] y) <int64[1] a = {1}> {
          r = Relu (x)
          h = Unsqueeze (r, a)
          k = Squeeze (h, a)
          y = Abs (k)
        }
        """,
        """
        g (float[N,M] x) => (float[N,M] y) {
          r = Relu (x)
          y = Abs (r)
        }
        """);
  }

  @Test
  void neutralArithmetic() {
    RuleTrial neutral = RuleTrial.of(new RemoveNeutralArithmetic());
    neutral.turns(
        """
        g (float[N,2] x) => (float[N,2] y) <float[2] zero = {0, 0}, float[1,1] one = {1}> {
          a = Add (zero, x)
          b = Mul (a, one)
          c = Div (b, one)
          d = Sub (c, zero)
          y = Relu (d)
        }
        """,
        "g (float[N,2] x) => (float[N,2] y) { y = Relu (x) }");
    neutral.ignores(
        "g (float[2] x) => (float[2] y) <float one = {1}> { h = Div (one, x)\n y = Relu (h) }");
    neutral.declines(
        "g (float[2] x) => (float[3,2] y) <float[3,1] z = {0, 0, 0}> { y = Add (x, z) }",
        "change the shape");
  }

  @Test
  void upsampleBecomesResize() {
    assertThat(
            RuleTrial.of(ConvertOpset.ofUpsample())
                .operatorsAfter(
                    """
                    <ir_version: 4, opset_import: ["" : 9]>
                    g (float[1,1,2,3] x) => (float[1,1,4,6] y) <float[4] s = {1, 1, 2, 2}> {
                      y = Upsample (x, s)
                    }
                    """))
        .containsExactly("Resize");
  }
}
