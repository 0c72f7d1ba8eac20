package dev.octet.equalize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.testkit.OnnxRuntimeOracle;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelEqualizationTest {
  private static final String NETWORK =
      """
      <ir_version: 8, opset_import: ["" : 17]>
      net (float[n,1,8] x) => (float[n,2] y)
        <float[2,1,3] w1 = {8, -3, 2, 0.25, 0.5, -0.125}, float[2] b1 = {1, 0.1},
         float[3,2,1] w2 = {1, 2, 0.5, -1, 3, 0.25}, float[3] b2 = {0, 0.5, 1},
         float[2,3] w3 = {1, 2, 3, -1, -2, 0.5}, float[2] b3 = {0.1, 0.2}> {
        c1 = Conv (x, w1, b1)
        r1 = Relu (c1)
        p1 = MaxPool <kernel_shape = [2]> (r1)
        c2 = Conv (p1, w2, b2)
        r2 = Relu (c2)
        g = GlobalAveragePool (r2)
        f = Flatten (g)
        y = Gemm <transB = 1> (f, w3, b3)
      }
      """;

  @Test
  void findsPathsThroughReluAndPoolingButNotThroughFlatten() {
    assertThat(ChannelPaths.of(OnnxText.parse(NETWORK).graph()))
        .singleElement()
        .satisfies(
            path -> {
              assertThat(path.activation().name()).isEqualTo("r1");
              assertThat(path.channels()).isEqualTo(2);
              assertThat(path.between()).hasSize(2);
            });
  }

  @Test
  void noBitOfTheOutputChanges() {
    Model before = OnnxText.parse(NETWORK);
    Model after = OnnxText.parse(NETWORK);
    assertThat(ChannelEqualization.apply(after, Map.of("r1", new float[] {13, 0.8f}))).hasSize(1);
    assertThat(ModelWriter.encode(after)).isNotEqualTo(ModelWriter.encode(before));

    Random random = new Random(3);
    float[] data = new float[5 * 8];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    Map<String, Tensor> inputs = Map.of("x", DenseTensor.ofFloats(data, 5, 1, 8));
    assertThat(OnnxRuntimeOracle.run(after, inputs))
        .isEqualTo(OnnxRuntimeOracle.run(before, inputs));
  }

  @Test
  void aWeightReadTwiceIsLeftAlone() {
    Model model =
        OnnxText.parse(
            NETWORK
                .replace("Conv (p1, w2, b2)", "Conv (p1, w2, b1b)")
                .replace("float[3] b2 = {0, 0.5, 1},", "float[3] b1b = {0, 0.5, 1},")
                .replace("y = Gemm <transB = 1> (f, w3, b3)", "y = Gemm <transB = 1> (f, w3, b1)")
                .replace(", float[2] b3 = {0.1, 0.2}", ""));
    assertThat(ChannelPaths.of(model.graph())).isEmpty();
  }

  @Test
  void weakChannelsAreRaisedAndSilentOnesLeft() {
    assertThat(ChannelFactors.of(new float[] {64, 4, 0, 64}, ChannelFactors.STRENGTH))
        .containsExactly(1, 8, 1, 1);
  }
}
