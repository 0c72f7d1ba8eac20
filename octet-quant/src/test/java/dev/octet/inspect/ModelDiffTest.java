package dev.octet.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.inspect.ModelDifference.LayerDifference;
import dev.octet.inspect.ModelDifference.Role;
import dev.octet.inspect.ModelDifference.Side;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.QuantizationScheme;
import dev.octet.rewrite.M5;
import dev.octet.rewrite.M5Quantized;
import dev.octet.rewrite.Ort;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelDiffTest {
  private static final Model QUANTIZED =
      M5Quantized.quantize(QuantizationScheme.standard()).model();
  private static final List<String> LAYERS =
      List.of("block1.block.0", "block2.block.0", "block3.block.0", "block4.block.0", "fc1");

  @Test
  void pairsAFloatModelWithItsQuantizedForm() {
    ModelDifference difference = ModelDiff.diff(QUANTIZED, M5Quantized.FLOAT);

    assertThat(difference.unmatched()).isEmpty();
    assertThat(difference.layers()).hasSize(10);
    assertThat(difference.layers())
        .filteredOn(layer -> layer.role() == Role.WEIGHT)
        .extracting(layer -> layer.second().node())
        .containsExactlyElementsOf(LAYERS);
    assertThat(difference.layers())
        .allSatisfy(
            layer -> {
              assertThat(layer.first().node()).isEqualTo(layer.second().node());
              assertThat(layer.sqnr()).isGreaterThan(layer.role() == Role.WEIGHT ? 38 : 70);
            });
    assertThat(difference.pass()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void pairsAFloatModelWithEveryFormat(OutputFormat format) {
    Model quantized =
        M5Quantized.quantize(QuantizationScheme.builder().format(format).build()).model();

    ModelDifference difference = ModelDiff.diff(quantized, M5Quantized.FLOAT);

    assertThat(difference.unmatched()).isEmpty();
    assertThat(difference.layers()).hasSize(10);
    assertThat(difference.layers())
        .allSatisfy(
            layer -> assertThat(layer.sqnr()).isGreaterThan(layer.role() == Role.WEIGHT ? 38 : 70));
  }

  @Test
  void pairsByPlaceNotByName() {
    Model renamed = M5Quantized.withConstantNodes(QUANTIZED);

    ModelDifference difference = ModelDiff.diff(QUANTIZED, renamed);

    assertThat(difference.pass()).isTrue();
    assertThat(difference.layers()).hasSize(10);
    assertThat(difference.layers())
        .allSatisfy(layer -> assertThat(layer.close().maxAbsolute()).isZero());
    assertThat(difference.layers())
        .first()
        .extracting(layer -> layer.second().storage())
        .isEqualTo("int8, 32 scales, Constant node");
  }

  @Test
  void pairsDequantizedOperandsWithIntegerOperators() {
    Model integer = Ort.optimized(QUANTIZED, OptLevel.EXTENDED_OPT);
    assertThat(integer.graph().nodes())
        .extracting(n -> n.opType())
        .contains("QLinearConv", "QGemm");

    ModelDifference difference = ModelDiff.diff(QUANTIZED, integer);

    assertThat(difference.unmatched()).isEmpty();
    assertThat(difference.layers()).hasSize(10);
    assertThat(difference.layers())
        .allSatisfy(layer -> assertThat(layer.close().maxAbsolute()).isZero());
  }

  @Test
  void reportsWhatAssertAllcloseReports() {
    // Worked by hand, as numpy.testing.assert_allclose(first, second, rtol=0.1, atol=0) would say.
    Model first = product("{1, 2, 3, 4}");
    Model second = product("{1, 2.5, 3, 5}");

    LayerDifference layer = ModelDiff.diff(first, second, 0.1, 0).layers().getFirst();

    assertThat(layer.close().elements()).isEqualTo(4);
    assertThat(layer.close().mismatched()).isEqualTo(2);
    assertThat(layer.close().maxAbsolute()).isEqualTo(1);
    assertThat(layer.close().maxRelative()).isEqualTo(0.2f);
  }

  @Test
  void seesAMatrixWhicheverWayRoundItIsStored() {
    Model product = product("{1, 2, 3, 4, 5, 6}", "float[2,3] w", "y = MatMul(x, w)");
    Model gemm = product("{1, 4, 2, 5, 3, 6}", "float[3,2] w", "y = Gemm<transB = 1>(x, w)");

    ModelDifference difference = ModelDiff.diff(product, gemm);

    assertThat(difference.pass()).isTrue();
    assertThat(difference.layers()).hasSize(1);
  }

  @Test
  void takesAnAdditionAfterAProductForItsBias() {
    Model split =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float[N,2] x) => (float[N,2] y)
            <float[2,2] w = {1, 2, 3, 4}, float[2] b = {5, 6}> {
              p = MatMul(x, w)
              y = Add(b, p)
            }
            """);
    Model whole =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float[N,2] x) => (float[N,2] y)
            <float[2,2] w = {1, 2, 3, 4}, float[2] b = {5, 6}> {
              y = Gemm(x, w, b)
            }
            """);

    ModelDifference difference = ModelDiff.diff(split, whole);

    assertThat(difference.pass()).isTrue();
    assertThat(difference.layers())
        .extracting(LayerDifference::role)
        .containsExactly(Role.WEIGHT, Role.BIAS);
  }

  @Test
  void tellsBranchesApartByWhatFollowsThem() {
    // The same two convolutions, written in the other order: only what follows tells which is
    // which.
    String head =
        """
        <ir_version: 8, opset_import: ["" : 17]>
        g (float[N,1,4] x) => (float[N,1,4] y)
        <float[1,1,1] one = {1}, float[1,1,1] two = {2}> {
        """;
    Model first =
        OnnxText.parse(
            head
                + """
                  a = Conv(x, one)
                  b = Conv(x, two)
                  s = Sigmoid(b)
                  m = Mul(a, s)
                  y = Add(m, a)
                }
                """);
    Model second =
        OnnxText.parse(
            head
                + """
                  b = Conv(x, two)
                  s = Sigmoid(b)
                  a = Conv(x, one)
                  m = Mul(s, a)
                  y = Add(a, m)
                }
                """);

    assertThat(ModelDiff.diff(first, second).pass()).isTrue();
  }

  @Test
  void namesWhatHasNoPartner() {
    Model first = product("{1, 2, 3, 4, 5, 6}", "float[2,3] w", "y = MatMul(x, w)");
    Model second = product("{1, 2, 3, 4, 5, 6, 7, 8}", "float[2,4] w", "y = MatMul(x, w)");

    ModelDifference difference = ModelDiff.diff(first, second);

    assertThat(difference.layers()).isEmpty();
    assertThat(difference.pass()).isFalse();
    assertThat(difference.unmatched())
        .extracting(u -> u.side())
        .containsExactly(Side.FIRST, Side.SECOND);
    assertThat(difference.unmatched().getFirst().reason()).contains("[4, 2]").contains("[3, 2]");
    assertThat(difference.toString()).contains("only in the first model");
  }

  @Test
  void findsOneChangedNumber() {
    Model changed = M5Quantized.FLOAT.copy();
    changed.edit(
        editor -> {
          var value = editor.graph().findValue("block3.block.0.weight").orElseThrow();
          var tensor = (DenseTensor) value.initializer().orElseThrow();
          float[] values = tensor.toFloatArray();
          values[100] += 1;
          editor.setInitializer(
              editor.graph(),
              value,
              DenseTensor.ofFloats(values, 64, 32, 3),
              value.initializerFields());
        });

    ModelDifference difference = ModelDiff.diff(M5.random(7), changed);

    assertThat(difference.layers())
        .filteredOn(layer -> !layer.close().pass())
        .singleElement()
        .satisfies(
            layer -> {
              assertThat(layer.first().node()).isEqualTo("block3.block.0");
              assertThat(layer.close().mismatched()).isEqualTo(1);
            });
  }

  @Test
  void agreesForEveryStyle() {
    Model peer =
        M5Quantized.quantize(QuantizationScheme.builder().style(OutputStyle.PEER).build()).model();

    assertThat(ModelDiff.diff(QUANTIZED, peer).pass()).isTrue();
  }

  private static Model product(String values) {
    return product(values, "float[2,2] w", "y = MatMul(x, w)");
  }

  private static Model product(String values, String weight, String node) {
    return OnnxText.parse(
        """
        <ir_version: 8, opset_import: ["" : 17]>
        g (float[N,2] x) => (float[N,M] y) <%s = %s> { %s }
        """
            .formatted(weight, values, node));
  }
}
