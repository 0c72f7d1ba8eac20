package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import org.junit.jupiter.api.Test;

class FoldBatchNormIntoConvTest {
  private final RuleTrial rule = RuleTrial.of(new FoldBatchNormIntoConv());

  @Test
  void foldsScaleAndShift() {
    // s = 2 / sqrt(3 + 1) = 1: the weights stay, the shift is (0.5 - 1) * 1 + 4.
    rule.turns(
        """
        g (float[N,1,6] x) => (float[N,2,4] y)
        <float[2,1,3] w = {1, 2, 3, 4, 5, 6}, float[2] b = {0.5, -0.5},
         float[2] gamma = {2, 4}, float[2] beta = {4, 0}, float[2] mean = {1, -1},
         float[2] variance = {3, 3}> {
          h = Conv (x, w, b)
          y = BatchNormalization <epsilon = 1.0> (h, gamma, beta, mean, variance)
        }
        """,
        """
        g (float[N,1,6] x) => (float[N,2,4] y)
        <float[2,1,3] w = {1, 2, 3, 8, 10, 12}, float[2] b = {3.5, 1}> {
          y = Conv (x, w, b)
        }
        """);
  }

  @Test
  void addsABiasWhereThereIsNone() {
    assertThat(
            rule.operatorsAfter(
                """
                g (float[N,1,5,5] x) => (float[N,2,4,4] y)
                <float[2,1,2,2] w = {1, 2, 3, 4, -1, -2, -3, -4}, float[2] gamma = {0.7, 1.3},
                 float[2] beta = {0.1, -0.2}, float[2] mean = {0.3, 0.4},
                 float[2] variance = {0.9, 1.7}> {
                  h = Conv (x, w)
                  y = BatchNormalization (h, gamma, beta, mean, variance)
                }
                """))
        .containsExactly("Conv");
  }

  @Test
  void scalesTheOutputChannelsOfGroupedTransposedConvolutions() {
    assertThat(
            rule.operatorsAfter(
                """
                g (float[N,4,3] x) => (float[N,6,4] y)
                <float[4,3,2] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                   -1, -2, -3, -4, -5, -6, -7, -8, -9, 0, 1, 2},
                 float[6] gamma = {1, 2, 3, 4, 5, 6}, float[6] beta = {6, 5, 4, 3, 2, 1},
                 float[6] mean = {1, 0, -1, 2, 0, -2}, float[6] variance = {1, 2, 3, 4, 5, 6}> {
                  h = ConvTranspose <group = 2> (x, w)
                  y = BatchNormalization (h, gamma, beta, mean, variance)
                }
                """))
        .containsExactly("ConvTranspose");
  }

  @Test
  void weightsThatAnotherConvolutionReadsStay() {
    Model model =
        OnnxText.parse(
            """
            g (float[N,1,6] x) => (float[N,1,4] y, float[N,1,4] z)
            <float[1,1,3] w = {1, 2, 3}, float[1] gamma = {3}, float[1] beta = {0},
             float[1] mean = {0}, float[1] variance = {1}> {
              h = Conv (x, w)
              y = BatchNormalization <epsilon = 0.0> (h, gamma, beta, mean, variance)
              z = Conv (x, w)
            }
            """);
    Pipeline.of(Pass.of(new FoldBatchNormIntoConv())).run(model);
    assertThat(model.graph().nodes()).hasSize(2);
    assertThat(weights(model, 0)).containsExactly(3, 6, 9);
    assertThat(weights(model, 1)).containsExactly(1, 2, 3);
  }

  @Test
  void declinesWhenTheConvolutionIsReadElsewhere() {
    rule.declines(
        conv("h = Conv (x, w)", "", "h").replace("(float[N,1,4] y)", "(float[N,1,4] y, h)"),
        "other readers");
  }

  @Test
  void declinesInTraining() {
    rule.declines(conv("h = Conv (x, w)", "training_mode = 1", "h"), "train");
  }

  @Test
  void declinesWhenWeightsAreNotConstant() {
    rule.declines(
        conv("v = Mul (w, s)\n h = Conv (x, v)", "", "h")
            .replace("(float[N,1,6] x)", "(float[N,1,6] x, float[1] s)"),
        "not constant");
  }

  @Test
  void declinesWhenAChannelIsNotFinite() {
    rule.declines(
        conv("h = Conv (x, w)", "epsilon = 0.0", "h").replace("variance = {1}", "variance = {0}"),
        "channel 0");
  }

  @Test
  void ignoresOtherProducers() {
    rule.ignores(conv("h = MaxPool <kernel_shape = [3]> (x)", "", "h"));
  }

  private static String conv(String producer, String attributes, String input) {
    return """
    g (float[N,1,6] x) => (float[N,1,4] y)
    <float[1,1,3] w = {1, 2, 3}, float[1] gamma = {3}, float[1] beta = {0},
     float[1] mean = {0}, float[1] variance = {1}> {
      %s
      y = BatchNormalization <%s> (%s, gamma, beta, mean, variance)
    }
    """
        .formatted(producer, attributes.isEmpty() ? "epsilon = 0.1" : attributes, input);
  }

  private static float[] weights(Model model, int node) {
    var value = model.graph().nodes().get(node).input(1).orElseThrow();
    return ((dev.octet.ir.DenseTensor) value.initializer().orElseThrow()).toFloatArray();
  }
}
