package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Batch normalization on either side of a layer, and padding before it.
class AffineIntoLayersTest {
  private static final String PARAMETERS =
      "float[3] s = {1, 2, -1}, float[3] b = {0.5, 0, 1}, float[3] m = {1, -1, 0},"
          + " float[3] v = {1, 4, 0.25}";
  private static final String UNSHIFTED =
      PARAMETERS.replace("{0.5, 0, 1}", "{0, 0, 0}").replace("{1, -1, 0}", "{0, 0, 0}");

  private final RuleTrial intoLinear = RuleTrial.of(new FoldBatchNormIntoLinear());
  private final RuleTrial intoNext = RuleTrial.of(new FoldBatchNormIntoNext());
  private final RuleTrial pad = RuleTrial.of(new FoldPadIntoWindow());

  @Test
  void afterAGemm() {
    for (String gemm :
        new String[] {
          "Gemm (x, w)",
          "Gemm (x, w, c)",
          "Gemm <alpha = 0.5, beta = 2.0> (x, w, c)",
          "Gemm <transB = 1> (x, wt, c)",
          "MatMul (x, w)"
        }) {
      assertThat(
              intoLinear.operatorsAfter(
                  """
                  g (float[N,2] x) => (float[N,3] y)
                  <float[2,3] w = {1, 2, 3, 4, 5, 6}, float[3,2] wt = {1, 2, 3, 4, 5, 6},
                   float[3] c = {1, 0, -1}, %s> {
                    h = %s
                    y = BatchNormalization <epsilon = 0.01> (h, s, b, m, v)
                  }
                  """
                      .formatted(PARAMETERS, gemm)))
          .as(gemm)
          .containsExactly("Gemm");
    }
  }

  @Test
  void afterAGemmWhoseProductIsReadElsewhereStays() {
    intoLinear.declines(
        """
        g (float[N,2] x) => (float[N,3] y, float[N,3] h) <float[2,3] w = {1, 2, 3, 4, 5, 6}, %s> {
          h = MatMul (x, w)
          y = BatchNormalization (h, s, b, m, v)
        }
        """
            .formatted(PARAMETERS),
        "other readers");
  }

  @Test
  void afterABatchedProductStays() {
    intoLinear.declines(
        """
        g (float[N,3,2] x) => (float[N,3,3] y) <float[2,3] w = {1, 2, 3, 4, 5, 6}, %s> {
          h = MatMul (x, w)
          y = BatchNormalization (h, s, b, m, v)
        }
        """
            .formatted(PARAMETERS),
        "does not multiply a matrix");
  }

  @Test
  void beforeAGemm() {
    for (String gemm :
        new String[] {"MatMul (h, w)", "Gemm <alpha = 0.5> (h, w, c)", "Gemm (h, w)"}) {
      assertThat(
              intoNext.operatorsAfter(
                  """
                  g (float[N,3] x) => (float[N,2] y)
                  <float[3,2] w = {1, 2, 3, 4, 5, 6}, float[1] c = {3}, %s> {
                    h = BatchNormalization (x, s, b, m, v)
                    y = %s
                  }
                  """
                      .formatted(PARAMETERS, gemm)))
          .as(gemm)
          .containsExactly("Gemm");
    }
  }

  @Test
  void beforeAConvolution() {
    assertThat(intoNext.operatorsAfter(beforeConv(PARAMETERS, "", "(h, w)", 4)))
        .containsExactly("Conv");
    assertThat(intoNext.operatorsAfter(beforeConv(PARAMETERS, "", "(h, w, c)", 4)))
        .containsExactly("Conv");
    assertThat(intoNext.operatorsAfter(beforeConv(UNSHIFTED, "<pads = [1, 1]>", "(h, w)", 6)))
        .containsExactly("Conv");
  }

  @Test
  void beforeAConvolutionInGroups() {
    assertThat(
            intoNext.operatorsAfter(
                """
                g (float[N,3,5] x) => (float[N,6,4] y)
                <float[6,1,2] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, %s> {
                  h = BatchNormalization (x, s, b, m, v)
                  y = Conv <group = 3> (h, w)
                }
                """
                    .formatted(PARAMETERS)))
        .containsExactly("Conv");
  }

  @Test
  void beforeAConvolutionThatPadsStays() {
    intoNext.declines(beforeConv(PARAMETERS, "<pads = [1, 1]>", "(h, w)", 6), "pads with zeros");
  }

  @Test
  void padsOfAConvolution() {
    pad.turns(
        padded("Conv <pads = [1, 0]> (h, w)", "{0, 0, 1, 0, 0, 2}", "0"),
        """
        g (float[N,3,5] x) => (float[N,2,8] y)
        <float[2,3,2] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}> {
          y = Conv <pads = [2, 2]> (x, w)
        }
        """);
  }

  @Test
  void padsOfPools() {
    String zeros = "{0, 0, 1, 0, 0, 1}";
    assertThat(pad.operatorsAfter(padded("AveragePool <kernel_shape = [2]> (h)", zeros, "0")))
        .containsExactly("AveragePool");
    assertThat(pad.operatorsAfter(padded("MaxPool <kernel_shape = [2]> (h)", zeros, "-inf")))
        .containsExactly("MaxPool");
    pad.declines(padded("MaxPool <kernel_shape = [2]> (h)", zeros, "0"), "cannot win");
    pad.declines(
        padded("AveragePool <kernel_shape = [2]> (h)", "{0, 0, 2, 0, 0, 1}", "0"), "all padding");
    pad.declines(
        padded("AveragePool <kernel_shape = [2], pads = [1, 1]> (h)", zeros, "0"), "counting");
  }

  @Test
  void paddingAConvolutionCannotDoStays() {
    pad.declines(padded("Conv (h, w)", "{0, 0, 1, 0, 0, 0}", "1"), "zeros");
    pad.declines(padded("Conv (h, w)", "{1, 0, 1, 0, 0, 0}", "0"), "more than the axes");
    pad.declines(padded("Conv (h, w)", "{0, 0, -1, 0, 0, 0}", "0"), "crops");
    pad.declines(
        padded("Conv (h, w)", "{0, 0, 1, 0, 0, 0}", "0")
            .replace("Pad (", "Pad <mode = \"reflect\"> ("),
        "constant");
  }

  private static String beforeConv(String parameters, String attributes, String inputs, int size) {
    return """
    g (float[N,3,5] x) => (float[N,2,%d] y)
    <float[2,3,2] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, float[2] c = {1, 2}, %s> {
      h = BatchNormalization (x, s, b, m, v)
      y = Conv %s %s
    }
    """
        .formatted(size, parameters, attributes, inputs);
  }

  private static String padded(String node, String pads, String value) {
    return """
    g (float[N,3,5] x) => (float[N,L,M] y)
    <float[2,3,2] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, int64[6] p = %s, float z = {%s}> {
      h = Pad (x, p, z)
      y = %s
    }
    """
        .formatted(pads, value, node);
  }
}
