package dev.octet.transform.rules;

import org.junit.jupiter.api.Test;

class RecognizeGeluTest {
  private static final String ERF = "t = Div (x, root)\n e = Erf (t)\n g = Add (e, one)\n";
  private static final String TANH =
      """
      c = Pow (x, three)
      k = Mul (c, cubic)
      a = Add (x, k)
      t = Mul (a, factor)
      e = Tanh (t)
      g = Add (one, e)
      h = Mul (x, half)
      y = Mul (h, g)
      """;

  private final RuleTrial rule = RuleTrial.of(new RecognizeGelu());

  @Test
  void withErfInAnyOrder() {
    for (String product :
        new String[] {
          "p = Mul (x, g)\n y = Mul (p, half)",
          "h = Mul (half, x)\n y = Mul (h, g)",
          "h = Mul (g, half)\n y = Mul (x, h)",
          "p = Mul (g, x)\n y = Div (p, two)"
        }) {
      rule.turns(model(20, ERF + product), gelu("Gelu (x)"));
    }
    rule.turns(
        model(
            20,
            "t = Mul (inverse, x)\n e = Erf (t)\n g = Add (one, e)\n"
                + "p = Mul (x, g)\n y = Mul (half, p)"),
        gelu("Gelu (x)"));
  }

  @Test
  void withTanhInAnyOrder() {
    String gelu = gelu("Gelu <approximate = \"tanh\"> (x)");
    rule.turns(model(20, TANH), gelu);
    rule.turns(
        model(
            20,
            """
            f = Mul (x, factor)
            q = Mul (x, cubic)
            r = Mul (q, x)
            s = Add (one, r)
            t = Mul (f, s)
            e = Tanh (t)
            g = Add (e, one)
            p = Mul (x, g)
            y = Mul (half, p)
            """),
        gelu);
  }

  @Test
  void ofWhatArithmeticComputed() {
    rule.turns(
        model(20, "x = Add (z, two)\n" + ERF + "p = Mul (x, g)\n y = Mul (p, half)")
            .replace("(float[N,3] x)", "(float[N,3] z)"),
        """
        <ir_version: 9, opset_import: ["" : 20]>
        g (float[N,3] z) => (float[N,3] y) <float[1] two = {2}> {
          x = Add (z, two)
          y = Gelu (x)
        }
        """);
  }

  @Test
  void anOlderOpsetIsNotRaised() {
    rule.declines(model(17, ERF + "p = Mul (x, g)\n y = Mul (p, half)"), "--opset 20");
  }

  @Test
  void aStepThatOthersReadStays() {
    rule.declines(
        model(20, ERF + "p = Mul (x, g)\n q = Mul (p, half)\n y = Add (q, e)"),
        "'e', computed on the way, is read by Add");
  }

  @Test
  void otherNumbersAreNone() {
    rule.ignores(model(20, ERF + "p = Mul (x, g)\n y = Mul (p, two)"));
    rule.ignores(model(20, ERF.replace("root", "two") + "p = Mul (x, g)\n y = Mul (p, half)"));
    rule.ignores(model(20, TANH.replace("three", "two")));
    rule.ignores(model(20, TANH.replace("Tanh", "Erf")));
  }

  @Test
  void anotherFactorIsNone() {
    rule.ignores(model(20, "z = Relu (x)\n" + ERF + "p = Mul (z, g)\n y = Mul (p, half)"));
  }

  @Test
  void aConstantThatEnlargesIsNone() {
    rule.ignores(
        model(20, ERF + "p = Mul (x, g)\n y = Mul (p, wide)")
            .replace("(float[N,3] y)", "(float[1,N,3] y)"));
  }

  private static String gelu(String operator) {
    return """
    <ir_version: 9, opset_import: ["" : 20]>
    g (float[N,3] x) => (float[N,3] y) { y = %s }
    """
        .formatted(operator);
  }

  private static String model(int opset, String nodes) {
    return """
    <ir_version: 9, opset_import: ["" : %d]>
    g (float[N,3] x) => (float[N,3] y)
    <float half = {0.5}, float one = {1}, float[1] two = {2}, float three = {3},
     float[1,1,1] wide = {0.5}, float root = {1.41421356}, float inverse = {0.70710678},
     float cubic = {0.044715}, float factor = {0.79788456}> {
      %s
    }
    """
        .formatted(opset, nodes);
  }
}
