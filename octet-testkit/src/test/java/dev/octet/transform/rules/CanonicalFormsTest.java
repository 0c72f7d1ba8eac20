package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Rules that bring equal computations into one form.
class CanonicalFormsTest {
  private final RuleTrial gemm = RuleTrial.of(new FuseMatMulAddIntoGemm());
  private final RuleTrial transposes = RuleTrial.of(new FuseTransposes());
  private final RuleTrial transposeToReshape = RuleTrial.of(new TransposeToReshape());
  private final RuleTrial reshapes = RuleTrial.of(new FuseReshapes());
  private final RuleTrial globalPool = RuleTrial.of(new AveragePoolToGlobal());
  private final RuleTrial matrix = RuleTrial.of(new MatMulOfReshapeToMatrix());

  @Test
  void matMulAndAddBecomeGemm() {
    gemm.turns(linear("m = MatMul (x, w)\n y = Add (m, b)"), linear("y = Gemm (x, w, b)"));
    gemm.turns(linear("m = MatMul (x, w)\n y = Add (b, m)"), linear("y = Gemm (x, w, b)"));
  }

  @Test
  void gemmIsForMatricesOnly() {
    gemm.declines(
        """
        g (float[N,5,2] x) => (float[N,5,3] y)
        <float[2,3] w = {1, 2, 3, 4, 5, 6}, float[3] b = {1, 2, 3}> {
          m = MatMul (x, w)
          y = Add (m, b)
        }
        """,
        "matrices only");
  }

  @Test
  void aBiasThatEnlargesTheProductStaysOutside() {
    gemm.declines(
        """
        g (float[1,2] x) => (float[4,3] y)
        <float[2,3] w = {1, 2, 3, 4, 5, 6}, float[4,1] b = {1, 2, 3, 4}> {
          m = MatMul (x, w)
          y = Add (m, b)
        }
        """,
        "may change the shape");
  }

  @Test
  void aProductThatOthersReadStays() {
    gemm.declines(
        linear("m = MatMul (x, w)\n r = Relu (m)\n a = Add (m, b)\n y = Add (a, r)"),
        "other readers");
  }

  @Test
  void integersHaveNoGemm() {
    gemm.declines(
        """
        g (int32[N,2] x) => (int32[N,2] y) <int32[2,2] w = {1, 2, 3, 4}, int32[2] b = {1, 2}> {
          m = MatMul (x, w)
          y = Add (m, b)
        }
        """,
        "floating point");
  }

  @Test
  void transposesInARowBecomeOne() {
    transposes.turns(
        cube("a = Transpose <perm = [1, 2, 0]> (x)\n y = Transpose <perm = [0, 2, 1]> (a)"),
        cube("y = Transpose <perm = [1, 0, 2]> (x)"));
  }

  @Test
  void transposesThatCancelGo() {
    transposes.turns(
        cube(
            """
            a = Transpose <perm = [1, 2, 0]> (x)
            b = Transpose <perm = [2, 0, 1]> (a)
            y = Relu (b)
            """),
        cube("y = Relu (x)"));
  }

  @Test
  void cancellingTransposesGoThoughTheFirstIsReadElsewhere() {
    transposes.turns(
        cube(
            """
            a = Transpose (x)
            b = Transpose (a)
            c = Transpose (a)
            d = Relu (a)
            e = Transpose (d)
            s = Add (b, c)
            y = Add (s, e)
            """),
        cube(
            """
            a = Transpose (x)
            d = Relu (a)
            e = Transpose (d)
            s = Add (x, x)
            y = Add (s, e)
            """));
  }

  @Test
  void aTransposeThatOthersReadStays() {
    transposes.declines(
        cube(
            """
            a = Transpose <perm = [1, 2, 0]> (x)
            r = Relu (a)
            b = Transpose <perm = [0, 2, 1]> (a)
            s = Transpose <perm = [0, 2, 1]> (r)
            y = Add (b, s)
            """),
        "other readers");
  }

  @Test
  void movingAxesOfSizeOneIsAReshape() {
    transposeToReshape.turns(
        """
        g (float[N,64,1] x) => (float[N,1,64] y) {
          y = Transpose <perm = [0, 2, 1]> (x)
        }
        """,
        """
        g (float[N,64,1] x) => (float[N,1,64] y) <int64[3] t = {-1, 1, 64}> {
          y = Reshape (x, t)
        }
        """);
    transposeToReshape.ignores(cube("y = Transpose <perm = [1, 2, 0]> (x)"));
    transposeToReshape.declines(
        """
        g (float[N,1,T] x) => (float[N,T,1] y) {
          y = Transpose <perm = [0, 2, 1]> (x)
        }
        """,
        "more than one dimension");
  }

  @Test
  void reshapesInARowBecomeOne() {
    reshapes.turns(
        """
        g (float[N,4,1,1] x) => (float[N,2,2] y) <int64[3] t = {0, 2, 2}, int64[2] axes = {2, 3}> {
          a = Squeeze (x, axes)
          y = Reshape (a, t)
        }
        """,
        """
        g (float[N,4,1,1] x) => (float[N,2,2] y) <int64[3] t = {-1, 2, 2}> {
          y = Reshape (x, t)
        }
        """);
    assertThat(
            reshapes.operatorsAfter(
                """
                g (float[N,2,3] x) => (float[N,6] y)
                <int64[1] one = {1}, int64[4] t = {0, 1, 3, 2}> {
                  a = Unsqueeze (x, one)
                  b = Reshape (a, t)
                  y = Flatten (b)
                }
                """))
        .containsExactly("Reshape");
  }

  @Test
  void reshapesToTwoDynamicDimensionsStay() {
    reshapes.declines(
        """
        g (float[N,T,4] x) => (float[N,T,2,2] y)
        <int64[1] one = {1}, int64[4] t = {0, -1, 2, 2}> {
          a = Unsqueeze (x, one)
          y = Reshape (a, t)
        }
        """,
        "but for one dimension");
  }

  @Test
  void averageOverTheWholeExtentIsGlobal() {
    globalPool.turns(
        """
        g (float[N,3,4,5] x) => (float[N,3,1,1] y) {
          y = AveragePool <kernel_shape = [4, 5], strides = [2, 2]> (x)
        }
        """,
        """
        g (float[N,3,4,5] x) => (float[N,3,1,1] y) {
          y = GlobalAveragePool (x)
        }
        """);
    globalPool.ignores(
        """
        g (float[N,3,8] x) => (float[N,3,2] y) {
          y = AveragePool <kernel_shape = [4], strides = [4]> (x)
        }
        """);
    globalPool.declines(
        """
        g (float[N,3,T] x) => (float[N,3,S] y) {
          y = AveragePool <kernel_shape = [4]> (x)
        }
        """,
        "not known");
    globalPool.declines(
        """
        g (float[N,3,4] x) => (float[N,3,3] y) {
          y = AveragePool <kernel_shape = [4], pads = [1, 1]> (x)
        }
        """,
        "pads");
  }

  @Test
  void aLinearLayerOverAReshapedTensorWorksOnAMatrix() {
    matrix.turns(
        """
        g (float[N,2,2] x) => (float[N,1,3] y)
        <int64[3] t = {-1, 1, 4}, float[4,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
         float[3] b = {1, 2, 3}> {
          r = Reshape (x, t)
          m = MatMul (r, w)
          y = Add (m, b)
        }
        """,
        """
        g (float[N,2,2] x) => (float[N,1,3] y)
        <int64[3] t = {-1, 1, 4}, int64[2] flat = {-1, 4}, int64[3] back = {-1, 1, 3},
         float[4,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, float[3] b = {1, 2, 3}> {
          r = Reshape (x, t)
          f = Reshape (r, flat)
          m = MatMul (f, w)
          a = Add (m, b)
          y = Reshape (a, back)
        }
        """);
  }

  @Test
  void roundingBetweenReshapeAndLayerMovesToTheMatrix() {
    matrix.turns(
        """
        g (float[N,2,2] x) => (float[N,1,3] y)
        <int64[3] t = {-1, 1, 4}, float[4,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
         float[3] b = {1, 2, 3}, float s = {0.5}, uint8 z = {128}> {
          r = Reshape (x, t)
          q = QuantizeLinear (r, s, z)
          d = DequantizeLinear (q, s, z)
          m = MatMul (d, w)
          y = Add (m, b)
        }
        """,
        """
        g (float[N,2,2] x) => (float[N,1,3] y)
        <int64[3] t = {-1, 1, 4}, int64[2] flat = {-1, 4}, int64[3] back = {-1, 1, 3},
         float[4,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, float[3] b = {1, 2, 3},
         float s = {0.5}, uint8 z = {128}> {
          r = Reshape (x, t)
          f = Reshape (r, flat)
          q = QuantizeLinear (f, s, z)
          d = DequantizeLinear (q, s, z)
          m = MatMul (d, w)
          a = Add (m, b)
          y = Reshape (a, back)
        }
        """);
  }

  @Test
  void aLinearLayerWithoutReshapeIsLeftAlone() {
    matrix.ignores(
        """
        g (float[N,5,2] x) => (float[N,5,2] y) <float[2,2] w = {1, 2, 3, 4}, float[2] b = {1, 2}> {
          m = MatMul (x, w)
          y = Add (m, b)
        }
        """);
  }

  @Test
  void aSumThatIsNoBiasIsLeftAlone() {
    matrix.declines(
        """
        g (float[N,4] x, float[N,2,2] z) => (float[N,2,2] y)
        <int64[3] t = {-1, 2, 2}, float[2,2] w = {1, 2, 3, 4}> {
          r = Reshape (x, t)
          m = MatMul (r, w)
          y = Add (m, z)
        }
        """,
        "no bias");
  }

  private static String linear(String nodes) {
    return """
    g (float[N,2] x) => (float[N,3] y)
    <float[2,3] w = {1, 2, 3, 4, 5, 6}, float[3] b = {1, 2, 3}> {
      %s
    }
    """
        .formatted(nodes);
  }

  private static String cube(String nodes) {
    return """
    g (float[2,3,4] x) => (float y) {
      %s
    }
    """
        .replace("(float y)", "(y)")
        .formatted(nodes);
  }
}
