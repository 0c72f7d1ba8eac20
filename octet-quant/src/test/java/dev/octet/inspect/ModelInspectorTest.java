package dev.octet.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.octet.inspect.ModelContents.Place;
import dev.octet.ir.DataType;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.plan.QuantizationScheme;
import dev.octet.rewrite.M5Quantized;
import org.junit.jupiter.api.Test;

class ModelInspectorTest {
  private static final Model QUANTIZED =
      M5Quantized.quantize(QuantizationScheme.standard()).model();

  @Test
  void takesStockOfAFloatModel() {
    ModelContents contents = ModelInspector.inspect(M5Quantized.FLOAT);

    assertThat(contents.parameters()).isEqualTo(26_531);
    assertThat(contents.constantBytes()).isEqualTo(4 * 26_531);
    assertThat(contents.inputs())
        .containsExactly(new ModelContents.Port("audio", "float[batch,1,8000]"));
    assertThat(contents.operators().getFirst())
        .isEqualTo(new ModelContents.OperatorCount("", "Conv", 4));
    assertThat(contents.compute().quantizedShare()).isZero();
    // conv1 496·32·80, conv2 122·32·32·3, conv3 28·64·32·3, conv4 5·64·64·3, fc1 35·64.
    assertThat(
            contents.compute().nodes().stream().mapToLong(n -> n.multiplications().orElseThrow()))
        .containsExactly(1_269_760L, 374_784L, 172_032L, 61_440L, 2_240L);
    assertThat(contents.warnings()).isEmpty();
  }

  @Test
  void seesThatAQuantizedModelComputesOnIntegers() {
    ModelContents contents = ModelInspector.inspect(QUANTIZED);

    assertThat(contents.compute().quantizedShare()).isEqualTo(1);
    assertThat(contents.parameters()).isEqualTo(26_531);
    assertThat(contents.storage().getFirst().dataType()).isEqualTo(DataType.INT8);
    assertThat(contents.storage().getFirst().place()).isEqualTo(Place.INITIALIZER);
    assertThat(contents.toString())
        .contains("integer share of convolutions and matrix products 100.0 %");
  }

  @Test
  void tellsInitializersFromConstantNodes() {
    ModelContents contents = ModelInspector.inspect(M5Quantized.withConstantNodes(QUANTIZED));

    assertThat(contents.constants()).extracting(c -> c.place()).containsOnly(Place.CONSTANT_NODE);
    assertThat(contents.compute().quantizedShare()).isEqualTo(1);
    assertThat(contents.parameters()).isEqualTo(ModelInspector.inspect(QUANTIZED).parameters());
  }

  @Test
  void followsCodesToTheirScale() {
    TensorDetail detail = ModelInspector.tensor(QUANTIZED, "block2.block.0.weight");

    assertThat(detail.type()).isEqualTo("int8[32,32,3]");
    assertThat(detail.source()).isInstanceOf(TensorDetail.Source.Initializer.class);
    var quantization = detail.quantization().orElseThrow();
    assertThat(quantization.params().count()).isEqualTo(32);
    assertThat(quantization.params().zeroPointsAreZero()).isTrue();
    float[] codesBack = detail.realValues().orElseThrow();
    float[] floats =
        ModelInspector.tensor(M5Quantized.FLOAT, "block2.block.0.weight")
            .realValues()
            .orElseThrow();
    for (int i = 0; i < floats.length; i++) {
      float halfStep = quantization.params().scale(i / 96) / 2;
      assertThat(codesBack[i]).isCloseTo(floats[i], within(halfStep * 1.0001f));
    }
  }

  @Test
  void followsAnActivationToItsScale() {
    TensorDetail detail = ModelInspector.tensor(QUANTIZED, "block1.block.2");

    var params = detail.quantization().orElseThrow().params();
    assertThat(params.zeroPoint(0)).isZero();
    assertThat(detail.readers()).singleElement().asString().startsWith("MaxPool");
    assertThat(detail.data()).isEmpty();
  }

  @Test
  void suggestsNamesForOneItDoesNotKnow() {
    assertThatThrownBy(() -> ModelInspector.tensor(QUANTIZED, "block1.block.0.weights"))
        .hasMessageContaining("block1.block.0.weight");
  }

  @Test
  void warnsAboutWeightsQuantizedInEveryRun() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float[N,2] x) => (float[N,2] y)
            <float[2,2] w = {1, 2, 3, 4}, float s = {0.5}, int8 z = {0}> {
              q = QuantizeLinear(w, s, z)
              d = DequantizeLinear(q, s, z)
              y = MatMul(x, d)
            }
            """);

    ModelContents contents = ModelInspector.inspect(model);

    assertThat(contents.warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning.place()).contains("'w'"));
    assertThat(ModelInspector.tensor(model, "d").quantization()).isPresent();
  }
}
