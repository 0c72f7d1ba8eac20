package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FoldChannelArithmeticIntoConvTest {
  private final RuleTrial rule = RuleTrial.of(new FoldChannelArithmeticIntoConv());

  @Test
  void anAddedConstantBecomesTheBias() {
    rule.turns(
        model("h = Conv (x, w)\n y = Add (h, c)"),
        """
        g (float[N,1,4] x) => (float[N,2,2] y)
        <float[2,1,3] w = {1, 2, 3, 4, 5, 6}, float[2] b = {10, 20}> {
          y = Conv (x, w, b)
        }
        """);
  }

  @Test
  void chainsOfChannelArithmeticFoldWhole() {
    assertThat(
            rule.operatorsAfter(
                model(
                    """
                    h = Conv (x, w, b)
                    p = Mul (c, h)
                    q = Sub (p, one)
                    r = Div (q, c)
                    y = Add (s, r)
                    """)))
        .containsExactly("Conv");
  }

  @Test
  void aConstantThatVariesInSpaceStays() {
    rule.declines(model("h = Conv (x, w)\n y = Add (h, field)"), "each channel");
  }

  @Test
  void aVectorRunsAlongTheLastAxisNotTheChannels() {
    rule.declines(model("h = Conv (x, w)\n y = Add (h, b)"), "each channel");
  }

  @Test
  void divisionByZeroStays() {
    rule.declines(model("h = Conv (x, w)\n y = Div (h, zero)"), "finite");
  }

  @Test
  void aConvolutionThatOthersReadStays() {
    rule.declines(
        model("h = Conv (x, w)\n a = Add (h, c)\n r = Relu (h)\n y = Add (a, r)"), "other readers");
  }

  @Test
  void aConstantMinusTheConvolutionIsIgnored() {
    rule.ignores(model("h = Conv (x, w)\n y = Sub (c, h)"));
  }

  private static String model(String nodes) {
    return """
    g (float[N,1,4] x) => (float[N,2,2] y)
    <float[2,1,3] w = {1, 2, 3, 4, 5, 6}, float[2] b = {1, -1}, float[2,1] c = {10, 20},
     float[1,1,1] one = {1}, float s = {0.5}, float zero = {0}, float[1,2,2] field = {1, 2, 3, 4}> {
      %s
    }
    """
        .formatted(nodes);
  }
}
