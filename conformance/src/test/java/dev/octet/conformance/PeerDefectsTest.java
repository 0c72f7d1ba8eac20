package dev.octet.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.inspect.ModelDiff;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.StatedGrid;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.WeightGranularity;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.stats.Range;
import dev.octet.target.Saturation;
import dev.octet.testkit.OnnxRuntimeOracle;
import dev.octet.testkit.RandomTensors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where `onnxruntime.quantization` 1.30.0 computes something else than the model it was given,
/// Octet's own planner must not. The float model in ONNX Runtime is the judge; each test is named
/// after the peer's defect.
class PeerDefectsTest {
  private static final Map<String, ParityCase> CASES =
      ParityGoldens.load().stream()
          .collect(Collectors.toMap(ParityCase::name, Function.identity()));

  /// 8-bit codes of well-behaved values leave about 40 dB; a wrong factor leaves less than 10.
  private static final double RIGHT = 25;

  @ParameterizedTest
  @EnumSource(
      value = OutputFormat.class,
      names = {"QDQ", "QOPERATOR"})
  void gemmBetaIsAppliedTwice(OutputFormat format) {
    assertThat(sqnr("qdq_gemm_beta_s8s8", scheme().format(format))).isGreaterThan(RIGHT);
  }

  @ParameterizedTest
  @EnumSource(OutputFormat.class)
  void gemmAlphaIsForgottenInTheBias(OutputFormat format) {
    assertThat(sqnr("qdq_gemm_alpha_s8s8", scheme().format(format))).isGreaterThan(RIGHT);
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputFormat.class,
      names = {"QDQ", "QOPERATOR"})
  void aBiasSharedByUnnamedNodesGetsOneScale(OutputFormat format) {
    QuantizationScheme scheme = scheme().format(format).build();
    ParityCase golden = golden("qdq_conv_unnamed_s8s8");
    QuantizationPlan plan = plan(golden, scheme);

    List<String> activations =
        plan.tensors().stream()
            .filter(TensorPlan.Bias.class::isInstance)
            .map(bias -> ((TensorPlan.Bias) bias).activation())
            .toList();
    assertThat(activations).containsExactlyInAnyOrder("x", "h");
    assertThat(sqnr(golden, scheme)).isGreaterThan(RIGHT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qdq_where_after_s8s8", "qdq_where_constant_after_s8s8"})
  void whereLosesItsOperandsInQOperatorForm(String name) {
    assertThat(sqnr(name, scheme().format(OutputFormat.QOPERATOR))).isGreaterThan(RIGHT);
  }

  @Test
  void rectifiersAreDroppedWhileOthersReadTheirInput() {
    assertThat(sqnr("qdq_fan_out_s8s8", scheme().format(OutputFormat.QOPERATOR)))
        .isGreaterThan(RIGHT);
  }

  @Test
  void unsignedWeightsAreMeasuredWithWrappingSubtraction() {
    ParityCase golden = golden("qdq_conv_u8s8_channel");
    QuantizationScheme scheme =
        scheme()
            .defaults(
                Policy.builder()
                    .weights(QuantType.UINT8, Symmetry.ASYMMETRIC)
                    .granularity(WeightGranularity.PER_TENSOR)
                    .build())
            .build();

    Model quantized = quantized(golden, scheme);

    assertThat(ModelDiff.diff(quantized, golden.model().get()).layers())
        .isNotEmpty()
        .allSatisfy(layer -> assertThat(layer.sqnr()).isGreaterThan(RIGHT));
  }

  @Test
  void statedRangesReachTheFirstChannelsOnly() {
    List<Range> ranges =
        List.of(
            new Range(-1.27f, 1.27f),
            new Range(-2.54f, 1f),
            new Range(-1f, 3.81f),
            new Range(-1.27f, 0f));
    QuantizationScheme scheme =
        scheme()
            .forTensor(
                "first_w",
                Policy.builder()
                    .granularity(WeightGranularity.PER_CHANNEL)
                    .stated(new StatedGrid.Ranges(ranges))
                    .build())
            .build();

    QuantizationPlan plan = plan(golden("qdq_conv_u8s8_channel"), scheme);

    QuantParams params = params(plan, "first_w");
    assertThat(params.scales()).containsExactly(0.01f, 0.02f, 0.03f, 0.01f);
  }

  @Test
  void tinyFloat16ScalesBecomeOne() {
    assertThat(sqnr("qdq_tiny_f16_u8s8", scheme().coverage(Coverage.EVERY_OPERATOR)))
        .isGreaterThan(20);
  }

  @Test
  void integerOperatorsWithFourBitWeightsFailAfterCalibration() {
    assertThatThrownBy(
            () ->
                scheme()
                    .defaults(Policy.builder().weights(QuantType.INT4, Symmetry.SYMMETRIC).build())
                    .format(OutputFormat.QOPERATOR)
                    .build())
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("INT4");
  }

  @Test
  void softmaxCannotBeStoredAsFloat8() {
    QuantizationScheme.Builder scheme =
        scheme()
            .defaults(
                Policy.builder()
                    .activations(QuantType.FLOAT8E4M3FN, Symmetry.SYMMETRIC)
                    .weights(QuantType.FLOAT8E4M3FN, Symmetry.SYMMETRIC)
                    .build())
            .coverage(Coverage.EVERY_OPERATOR);

    // Three bits of mantissa leave about 25 dB.
    assertThat(sqnr("qdq_network_19_f8", scheme)).isGreaterThan(12);
  }

  @Test
  void dynamicQuantizationOfFloat16ModelsGivesFilesThatNothingOpens() {
    assertThat(sqnr("dynamic_mat_mul_f16_s8", scheme().format(OutputFormat.DYNAMIC)))
        .isGreaterThan(RIGHT);
  }

  @Test
  void dynamicQuantizationOfConvolutionsWithSignedWeightsHasNoKernel() {
    ParityCase golden = golden("dynamic_conv_s8");
    QuantizationScheme scheme = scheme().format(OutputFormat.DYNAMIC).build();

    assertThat(quantized(golden, scheme).graph().nodes().stream().map(Node::opType))
        .contains("ConvInteger");
    assertThat(sqnr(golden, scheme)).isGreaterThan(RIGHT);
  }

  private static QuantizationScheme.Builder scheme() {
    return QuantizationScheme.builder();
  }

  private static ParityCase golden(String name) {
    return Objects.requireNonNull(CASES.get(name), name);
  }

  private static QuantizationPlan plan(ParityCase golden, QuantizationScheme scheme) {
    CalibrationTable ranges =
        scheme.format() == OutputFormat.DYNAMIC ? new CalibrationTable(Map.of()) : golden.ranges();
    return QuantizationPlanner.plan(golden.model().get(), scheme, ranges);
  }

  private static QuantParams params(QuantizationPlan plan, String value) {
    return plan.tensors().stream()
        .filter(tensor -> tensor.value().equals(value))
        .findFirst()
        .flatMap(TensorPlan::grid)
        .orElseThrow();
  }

  /// With weights that no processor's kernels saturate on.
  private static Model quantized(ParityCase golden, QuantizationScheme scheme) {
    Model model = golden.model().get();
    return PlanRewriter.rewrite(model, Saturation.withSafeWeights(model, plan(golden, scheme)))
        .model();
  }

  private static double sqnr(String name, QuantizationScheme.Builder scheme) {
    return sqnr(golden(name), scheme.build());
  }

  /// Signal to noise in decibels over every floating-point output, the float model as the signal.
  private static double sqnr(ParityCase golden, QuantizationScheme scheme) {
    Map<String, DenseTensor> inputs = RandomTensors.inputsOf(golden.model().get(), 7);
    Map<String, Tensor> exact = OnnxRuntimeOracle.run(golden.model().get(), inputs);
    Map<String, Tensor> found = OnnxRuntimeOracle.run(quantized(golden, scheme), inputs);
    double signal = 0;
    double noise = 0;
    for (Map.Entry<String, Tensor> entry : exact.entrySet()) {
      DenseTensor wanted = (DenseTensor) entry.getValue();
      DenseTensor got = (DenseTensor) Objects.requireNonNull(found.get(entry.getKey()));
      for (long i = 0; i < wanted.elementCount(); i++) {
        signal += wanted.doubleAt(i) * wanted.doubleAt(i);
        noise += Math.pow(wanted.doubleAt(i) - got.doubleAt(i), 2);
      }
    }
    return 10 * Math.log10(signal / noise);
  }
}
