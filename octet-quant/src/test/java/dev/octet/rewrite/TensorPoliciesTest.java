package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.StatedGrid;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.TypeConversion;
import dev.octet.stats.Range;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a scheme says of single tensors: types, ranges, scales, axes, conversions.
class TensorPoliciesTest {
  private static final Map<String, DenseTensor> INPUT =
      Map.of("x", M5.normal(new Random(3), 1, 4, 3, 8));

  @Test
  void oneStatedRangeServesEveryChannel() {
    QuantParams params =
        weight(
            Policy.builder()
                .stated(new StatedGrid.Ranges(List.of(new Range(-2, 2))))
                .axis(0)
                .build());

    assertThat(params.granularity()).isEqualTo(Granularity.perChannel(0));
    assertThat(params.scales()).containsOnly(2 / 127f).hasSize(3);
  }

  @Test
  void eachChannelCanHaveItsOwnScale() {
    QuantParams params =
        weight(
            Policy.builder()
                .stated(
                    new StatedGrid.Scales(
                        List.of(
                            new ScaleChoice(0.01f, 0),
                            new ScaleChoice(0.02f, 0),
                            new ScaleChoice(0.03f, 0))))
                .build());

    assertThat(params.scales()).containsExactly(0.01f, 0.02f, 0.03f);
  }

  @Test
  void aWeightTakesAnotherAxisAndSymmetry() {
    QuantParams params =
        weight(Policy.builder().axis(-2).weights(QuantType.UINT8, Symmetry.ASYMMETRIC).build());

    assertThat(params.granularity()).isEqualTo(Granularity.perChannel(1));
    assertThat(params.type()).isEqualTo(QuantType.UINT8);
    assertThat(params.zeroPoints()).doesNotContain(128);
  }

  @Test
  void anActivationTakesItsStatedScale() {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .forTensor(
                "c",
                Policy.builder()
                    .stated(new StatedGrid.Scales(List.of(new ScaleChoice(0.125f, 7))))
                    .build())
            .build();

    assertThat(QuantizationPlanner.needs(model(), scheme).values()).doesNotContain("c");
    assertThat(plan(scheme).tensor("c").orElseThrow().grid())
        .hasValue(QuantParams.perTensor(QuantType.UINT8, 0.125f, 7));
  }

  @ParameterizedTest
  @CsvSource({"COMPACT,''", "PEER,''", "COMPACT,second", "PEER,second", "PEER,Conv@1", "PEER,y"})
  void convertsBetweenTypes(OutputStyle style, String reader) {
    List<String> readers = reader.isEmpty() ? List.of() : List.of(reader);
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .style(style)
            .coverage(Coverage.EVERY_OPERATOR)
            .forTensor(
                "c",
                Policy.builder()
                    .activations(QuantType.UINT16, Symmetry.ASYMMETRIC)
                    .conversion(TypeConversion.to(QuantType.UINT8, Symmetry.ASYMMETRIC, readers))
                    .build())
            .build();
    QuantizationPlan plan = plan(scheme);

    QuantizedModel quantized = PlanRewriter.rewrite(model(), plan);

    TensorPlan.Conversion conversion =
        plan.tensors().stream()
            .filter(TensorPlan.Conversion.class::isInstance)
            .map(TensorPlan.Conversion.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(conversion.params().type()).isEqualTo(QuantType.UINT8);
    assertThat(conversion.range())
        .isEqualTo(((TensorPlan.Activation) plan.tensor("c").orElseThrow()).range());
    Node second = named(quantized.model(), "second");
    assertThat(typeRead(second))
        .isEqualTo(reader.equals("y") ? dev.octet.ir.DataType.UINT16 : dev.octet.ir.DataType.UINT8);
    float[] expected = Ort.run(model(), OptLevel.NO_OPT, INPUT).get("y");
    for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
      ErrorStatistics error = new ErrorStatistics();
      error.accept(expected, Ort.run(quantized.model(), level, INPUT).get("y"));
      assertThat(error.sqnr()).as("SQNR at %s", level).isGreaterThan(27);
    }
  }

  @Test
  void keepsATensorInFloat() {
    QuantizationScheme scheme = QuantizationScheme.builder().exceptTensors(List.of("d")).build();

    QuantizationPlan plan = plan(scheme);

    assertThat(plan.tensor("d")).isEmpty();
    assertThat(plan.nodes())
        .filteredOn(node -> node.fate() instanceof NodePlan.Fate.Kept)
        .extracting(NodePlan::firstOutput)
        .containsExactly("y");
  }

  @Test
  void reportsEveryMistakeBeforeAnyWork() {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .forTensor("w", Policy.builder().axis(5).build())
            .forTensor("v", Policy.builder().stated(ranges(2)).build())
            .forTensor("c", Policy.builder().stated(ranges(3)).build())
            .build();

    OctetException failure =
        catchThrowableOfType(
            OctetException.class, () -> QuantizationPlanner.needs(model(), scheme));

    assertThat(failure.kind()).isEqualTo(OctetException.Kind.USAGE);
    assertThat(failure.diagnostics())
        .extracting(Diagnostic::place)
        .containsExactlyInAnyOrder("tensor 'w'", "tensor 'v'", "tensor 'c'");
    assertThat(failure.diagnostics()).extracting(Diagnostic::hint).noneMatch(String::isEmpty);
  }

  @Test
  void namesAReaderThatIsNone() {
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .forTensor(
                "c",
                Policy.builder()
                    .conversion(
                        TypeConversion.to(QuantType.UINT16, Symmetry.ASYMMETRIC, List.of("secnd")))
                    .build())
            .build();

    OctetException failure =
        catchThrowableOfType(
            OctetException.class, () -> QuantizationPlanner.needs(model(), scheme));

    assertThat(failure.diagnostics())
        .extracting(Diagnostic::hint)
        .first()
        .asString()
        .contains("second");
  }

  private static StatedGrid ranges(int count) {
    return new StatedGrid.Ranges(java.util.Collections.nCopies(count, new Range(-1, 1)));
  }

  private static QuantParams weight(Policy policy) {
    QuantizationScheme scheme = QuantizationScheme.builder().forTensor("w", policy).build();
    return plan(scheme).tensor("w").orElseThrow().grid().orElseThrow();
  }

  private static QuantizationPlan plan(QuantizationScheme scheme) {
    CalibrationTable table =
        Ort.calibrate(model(), QuantizationPlanner.needs(model(), scheme).values(), INPUT);
    return QuantizationPlanner.plan(model(), scheme, table);
  }

  private static dev.octet.ir.DataType typeRead(Node node) {
    Node dequantizer = node.input(0).orElseThrow().producer().orElseThrow();
    return dequantizer.input(2).orElseThrow().dataType().orElseThrow();
  }

  private static Node named(Model model, String name) {
    return model.graph().nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Model model() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["" : 21]>
            g (float[N,3,8] x) => (float[] y)
            <float[3,3,1] w = {1, 0.2, -0.3, 0.4, 0.5, -0.6, -0.7, 0.8, 0.9}, float[3] b = {0.1, 0, 0},
             float[3,3,1] v = {0.5, 0.1, 0, 0, 0.5, 0.1, 0.1, 0, 0.5}> {
              [first] c = Conv(x, w, b)
              [second] d = Conv(c, v)
              y = Add(c, d)
            }
            """);
    ShapeInference.infer(model);
    return model;
  }
}
