package dev.octet.transform.rules;

import org.junit.jupiter.api.Test;

class RecognizeLayerNormTest {
  private static final String PLAIN =
      """
      s = Mul (d, d)
      v = ReduceMean <axes = [-1]> (s)
      e = Add (v, eps)
      r = Sqrt (e)
      y = Div (d, r)
      """;
  private static final String AFFINE =
      """
      s = Pow (d, two)
      v = ReduceMean <axes = [-1]> (s)
      e = Add (eps, v)
      r = Sqrt (e)
      n = Div (d, r)
      p = Mul (w, n)
      y = Add (p, b)
      """;

  private final RuleTrial rule = RuleTrial.of(new RecognizeLayerNorm());

  @Test
  void withScaleAndBias() {
    rule.turns(
        model(17, AFFINE),
        """
        g (float[N,2,3] x) => (float[N,2,3] y) <float[3] w = {1, 2, 3}, float[3] b = {4, 5, 6}> {
          y = LayerNormalization <axis = -1, epsilon = 0.001> (x, w, b)
        }
        """);
  }

  @Test
  void withoutScaleItIsOne() {
    rule.turns(model(17, PLAIN), withoutScale());
  }

  @Test
  void multipliedWithTheInverseRoot() {
    for (String inverse :
        new String[] {
          "r = Sqrt (e)\n i = Reciprocal (r)",
          "r = Sqrt (e)\n i = Div (one, r)",
          "h = Constant <value_float = -0.5> ()\n i = Pow (e, h)"
        }) {
      String nodes = PLAIN.replace("r = Sqrt (e)", inverse).replace("Div (d, r)", "Mul (i, d)");
      rule.turns(model(17, nodes), withoutScale());
    }
  }

  @Test
  void overSeveralLastAxesNamedByAnInput() {
    rule.turns(
        """
        <ir_version: 8, opset_import: ["" : 18]>
        g (float[N,2,3] x) => (float[N,2,3] y)
        <int64[2] a = {2, 1}, float eps = {0.001}, float two = {2}, float[1,1,1] k = {2}> {
          m = ReduceMean (x, a)
          d = Sub (x, m)
          s = Pow (d, two)
          v = ReduceMean (s, a)
          e = Add (v, eps)
          r = Sqrt (e)
          n = Div (d, r)
          y = Mul (n, k)
        }
        """,
        """
        <ir_version: 8, opset_import: ["" : 18]>
        g (float[N,2,3] x) => (float[N,2,3] y)
        <float[2,3] w = {1, 1, 1, 1, 1, 1}, float[1,1,1] k = {2}> {
          n = LayerNormalization <axis = -2, epsilon = 0.001> (x, w)
          y = Mul (n, k)
        }
        """);
  }

  @Test
  void anOlderOpsetIsNotRaised() {
    rule.declines(model(13, PLAIN), "--opset 17");
  }

  @Test
  void axesThatAreNotTheLastStay() {
    rule.declines(model(17, PLAIN).replace("[-1]", "[1]"), "not the last");
  }

  @Test
  void openSizesStay() {
    rule.declines(model(17, PLAIN).replace("[N,2,3]", "[N,2,M]"), "[M]");
  }

  @Test
  void aStepThatOthersReadStays() {
    rule.declines(
        model(17, PLAIN.replace("y = Div (d, r)", "n = Div (d, r)\n y = Add (n, d)")),
        "'d', computed on the way, is read by Add");
  }

  @Test
  void meansOverDifferentAxesAreNone() {
    rule.ignores(model(17, PLAIN.replace("[-1]", "[1]")));
  }

  @Test
  void anotherPowerIsNone() {
    rule.ignores(model(17, AFFINE.replace("two", "three")));
  }

  private static String withoutScale() {
    return """
    g (float[N,2,3] x) => (float[N,2,3] y) <float[3] w = {1, 1, 1}> {
      y = LayerNormalization <axis = -1, epsilon = 0.001> (x, w)
    }
    """;
  }

  private static String model(int opset, String nodes) {
    return """
    <ir_version: 8, opset_import: ["" : %d]>
    g (float[N,2,3] x) => (float[N,2,3] y)
    <float eps = {0.001}, float one = {1}, float two = {2}, float three = {3},
     float[3] w = {1, 2, 3}, float[1,3] b = {4, 5, 6}> {
      m = ReduceMean <axes = [-1]> (x)
      d = Sub (x, m)
      %s
    }
    """
        .formatted(opset, nodes);
  }
}
