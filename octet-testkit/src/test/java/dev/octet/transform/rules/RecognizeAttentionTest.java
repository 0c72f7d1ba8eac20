package dev.octet.transform.rules;

import org.junit.jupiter.api.Test;

class RecognizeAttentionTest {
  private static final String PLAIN =
      """
      t = Transpose <perm = [0, 1, 3, 2]> (k)
      p = MatMul (q, t)
      s = Mul (p, half)
      w = Softmax <axis = -1> (s)
      y = MatMul (w, v)
      """;
  private static final String MASKED =
      PLAIN.replace("w = Softmax <axis = -1> (s)", "a = Add (m, s)\n w = Softmax <axis = 3> (a)");

  private final RuleTrial rule = RuleTrial.of(new RecognizeAttention());

  @Test
  void scaledProducts() {
    rule.turns(model(23, PLAIN), model(23, "y = Attention <scale = 0.5> (q, k, v)"));
  }

  @Test
  void scaledFactors() {
    String nodes =
        PLAIN
            .replace(
                "p = MatMul (q, t)", "f = Mul (q, half)\n g = Div (t, two)\n p = MatMul (f, g)")
            .replace("Mul (p, half)", "Div (p, half)");
    rule.turns(model(23, nodes), model(23, "y = Attention <scale = 0.5> (q, k, v)"));
  }

  @Test
  void masked() {
    for (String mask : new String[] {"[3,5]", "[B,1,3,5]", "[1,2,3,5]"}) {
      rule.turns(
          model(23, "[B,2,5,4]", mask, MASKED),
          model(23, "[B,2,5,4]", mask, "y = Attention <scale = 0.5> (q, k, v, m)"));
    }
  }

  @Test
  void aKeyWhoseHeadsAreMovedInTheSameTranspose() {
    rule.turns(
        model(23, "[B,5,2,4]", "[3,5]", PLAIN.replace("[0, 1, 3, 2]", "[0, 2, 3, 1]")),
        model(
            23,
            "[B,5,2,4]",
            "[3,5]",
            """
            h = Transpose <perm = [0, 2, 1, 3]> (k)
            y = Attention <scale = 0.5> (q, h, v)
            """));
  }

  @Test
  void anOlderOpsetIsNotRaised() {
    rule.declines(model(17, PLAIN), "--opset 23");
  }

  @Test
  void aSoftmaxOverQueriesStays() {
    rule.declines(model(23, PLAIN).replace("axis = -1", "axis = 2"), "axis 2");
  }

  @Test
  void oneHeadForAllStays() {
    rule.declines(model(23, "[B,1,5,4]", "[3,5]", PLAIN), "batch and heads");
  }

  @Test
  void aMaskThatSpreadsOverQueriesStays() {
    rule.declines(model(23, "[B,2,5,4]", "[B,1,1,5]", MASKED), "the mask [B,1,1,5]");
  }

  @Test
  void weightsThatOthersReadStay() {
    rule.declines(
        model(
            23,
            PLAIN.replace(
                "y = MatMul (w, v)", "z = MatMul (w, v)\n r = ReduceSum (w)\n" + "y = Add (z, r)")),
        "'w', computed on the way, is read by ReduceSum");
  }

  @Test
  void negativeScaleStays() {
    rule.declines(model(23, PLAIN.replace("half", "minus")), "-1");
  }

  @Test
  void matricesStay() {
    rule.declines(
        """
        <ir_version: 10, opset_import: ["" : 23]>
        g (float[3,4] q, float[4,5] t, float[5,4] v) => (float[3,4] y) {
          p = MatMul (q, t)
          w = Softmax (p)
          y = MatMul (w, v)
        }
        """,
        "not [batch, heads, length, size]");
  }

  @Test
  void aFactorForEachHeadIsNone() {
    rule.ignores(model(23, PLAIN.replace("half", "each")));
  }

  private static String model(int opset, String nodes) {
    return model(opset, "[B,2,5,4]", "[3,5]", nodes);
  }

  private static String model(int opset, String key, String mask, String nodes) {
    return """
    <ir_version: 10, opset_import: ["" : %d]>
    g (float[B,2,3,4] q, float%s k, float[B,2,5,4] v, float%s m) => (float[B,2,3,4] y)
    <float half = {0.5}, float[1] two = {2}, float minus = {-1}, float[2,1,1] each = {1, 2}> {
      %s
    }
    """
        .formatted(opset, key, mask, nodes);
  }
}
