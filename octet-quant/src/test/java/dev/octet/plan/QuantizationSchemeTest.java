package dev.octet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.OnnxText;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.stats.Range;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuantizationSchemeTest {
  private static final Model MODEL =
      OnnxText.parse(
          """
          <ir_version: 8, opset_import: ["" : 17]>
          g (float[N,2] x) => (float[N,2] y) <float[2,2] w = {1, 2, 3, 4}> {
            ["block1/product"] p = MatMul(x, w)
            y = Relu(p)
          }
          """);
  private static final Node PRODUCT = MODEL.graph().nodes().getFirst();
  private static final Node RELU = MODEL.graph().nodes().getLast();

  @Test
  void laterAndMoreParticularLayersWin() {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .forNode("block1/*", Policy.builder().granularity(WeightGranularity.PER_TENSOR).build())
            .forOpType(
                "MatMul", Policy.builder().granularity(WeightGranularity.PER_CHANNEL).build())
            .forOpType(
                "*", Policy.builder().activations(QuantType.INT8, Symmetry.ASYMMETRIC).build())
            .forTensor(
                "x", Policy.builder().activations(QuantType.UINT8, Symmetry.SYMMETRIC).build())
            .build();

    Policy product = scheme.forNode(PRODUCT);
    assertThat(product.granularity()).isEqualTo(WeightGranularity.PER_TENSOR);
    assertThat(product.activationType()).isEqualTo(QuantType.INT8);
    assertThat(scheme.forTensor(product, "x").activationType()).isEqualTo(QuantType.UINT8);
    assertThat(scheme.forTensor(product, "x").granularity())
        .isEqualTo(WeightGranularity.PER_TENSOR);
    assertThat(scheme.forNode(RELU).granularity()).isEqualTo(WeightGranularity.PER_CHANNEL);
  }

  @Test
  void addressesNodesWithoutANameByWhatTheyCompute() {
    QuantizationScheme scheme = QuantizationScheme.builder().exceptNodes(List.of("y")).build();

    assertThat(scheme.forNode(RELU).treatment()).isEqualTo(Treatment.FLOAT);
    assertThat(scheme.forNode(PRODUCT).treatment()).isEqualTo(Treatment.QUANTIZE);
  }

  @Test
  void onlyMeansNothingElse() {
    QuantizationScheme scheme =
        QuantizationScheme.builder().onlyOpTypes(List.of("Conv*", "MatMul")).build();

    assertThat(scheme.forNode(PRODUCT).treatment()).isEqualTo(Treatment.QUANTIZE);
    assertThat(scheme.forNode(RELU).treatment()).isEqualTo(Treatment.FLOAT);
  }

  @Test
  void reportsEveryMistakeAtOnce() {
    QuantizationScheme.Builder builder =
        QuantizationScheme.builder()
            .defaults(
                Policy.builder()
                    .activations(QuantType.INT32, Symmetry.ASYMMETRIC)
                    .granularity(WeightGranularity.perBlock(0))
                    .build())
            .forOpType("Conv", Policy.builder().minimumRealRange(-1).build())
            .forNode("a", Policy.builder().range(new Range(0, 1)).build())
            .forNode(" ", Policy.OPEN)
            .onlyNodes(List.of("b"))
            .exceptNodes(List.of("b"));

    OctetException failure = catchThrowableOfType(OctetException.class, builder::build);

    assertThat(failure.kind()).isEqualTo(OctetException.Kind.USAGE);
    assertThat(failure.diagnostics())
        .extracting(Diagnostic::message)
        .containsExactly(
            "INT32 is the type of biases only; use INT8 or INT16",
            "a block holds at least one number, not 0",
            "the minimum real range must be 0 or a positive number, not -1.0",
            "a range or scale can be stated for a tensor only",
            "the pattern is empty",
            "is both asked for and excepted");
  }

  @Test
  void refusesALayerThatContradictsWhatLiesBelowIt() {
    QuantizationScheme.Builder builder =
        QuantizationScheme.builder()
            .defaults(Policy.builder().activations(QuantType.INT8, Symmetry.ASYMMETRIC).build())
            .forNode("n", Policy.builder().weights(QuantType.UINT8, Symmetry.ASYMMETRIC).build());

    assertThatThrownBy(builder::build).hasMessageContaining("INT8 activations with UINT8 weights");
  }

  @Test
  void saysWhichNameWasMeant() {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .exceptNodes(List.of("block1/produkt", "block1/*"))
            .forTensor("z*", Policy.builder().range(new Range(0, 1)).build())
            .exceptOpTypes(List.of("Matmul"))
            .build();

    OctetException failure =
        catchThrowableOfType(OctetException.class, () -> scheme.requireMatches(MODEL));

    assertThat(failure.diagnostics())
        .extracting(Diagnostic::place)
        .containsExactly(
            "node pattern 'block1/produkt'",
            "tensor pattern 'z*'",
            "operator type pattern 'Matmul'");
    assertThat(failure.diagnostics())
        .extracting(Diagnostic::hint)
        .satisfies(
            hints -> {
              assertThat(hints.get(0)).contains("block1/product");
              assertThat(hints.get(2)).contains("MatMul");
            });
  }

  @Test
  void readsWhatMethodsPrint() {
    for (CalibrationMethod method :
        List.of(
            CalibrationMethod.minMax(),
            CalibrationMethod.percentile(99.99),
            CalibrationMethod.leastError(),
            CalibrationMethod.entropy(),
            new CalibrationMethod.MovingAverage(0.01))) {
      assertThat(CalibrationMethod.parse(method.toString())).contains(method);
    }
    assertThat(CalibrationMethod.parse("percentile"))
        .as("what onnxruntime.quantization keeps")
        .contains(CalibrationMethod.percentile(99.999));
    assertThat(CalibrationMethod.parse("moving-average"))
        .contains(CalibrationMethod.movingAverage(0.01));
    assertThat(CalibrationMethod.parse("percentile:many")).isEmpty();
    assertThat(CalibrationMethod.parse("percentile:50")).isEmpty();
    assertThat(CalibrationMethod.parse("maximum")).isEmpty();
  }
}
