package dev.octet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.stats.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizationPlannerTest {
  private static final String CONV = "float[2,2,1] w = {1, -2, 3, -4}, float[2] b = {1, 2}";

  @Test
  void asksOnlyForRangesItWillUse() {
    Model model =
        model(
            CONV + ", float[2,2] v = {1, 2, 3, 4}",
            """
            c = Conv(x, w, b)
            r = Relu(c)
            m = MaxPool<kernel_shape = [2]>(r)
            g = GlobalAveragePool(m)
            f = Flatten(g)
            p = Gemm(f, v)
            y = LogSoftmax<axis = 1>(p)
            """);

    CalibrationNeeds needs = QuantizationPlanner.needs(model, QuantizationScheme.standard());

    // Not c: the rectifier is absorbed. Not m and f: they share. Not p: it is only read in float.
    assertThat(needs.values()).containsExactly("x", "r", "g");
  }

  @Test
  void everyRangeAskedForIsUsedAndNoOther() {
    Model model =
        model(CONV, "c = Conv(x, w, b)\n s = Sigmoid(c)\n m = Mul(c, s)\n y = Conv(m, w)");
    QuantizationScheme scheme = QuantizationScheme.standard();
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (String value : QuantizationPlanner.needs(model, scheme).values()) {
      ranges.put(value, new Range(-1, 1));
    }

    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, CalibrationTable.ofRanges(ranges));

    assertThat(plan.tensors())
        .filteredOn(TensorPlan.Activation.class::isInstance)
        .extracting(TensorPlan::value)
        .containsExactlyElementsOf(ranges.keySet());
  }

  @Test
  void namesEveryMissingRange() {
    Model model = model(CONV, "y = Conv(x, w, b)");

    OctetException failure =
        catchThrowableOfType(
            OctetException.class,
            () ->
                QuantizationPlanner.plan(
                    model, QuantizationScheme.standard(), CalibrationTable.ofRanges(Map.of())));

    assertThat(failure.kind()).isEqualTo(OctetException.Kind.BAD_INPUT);
    assertThat(failure.diagnostics())
        .extracting(Diagnostic::place)
        .containsExactly("tensor 'x'", "tensor 'y'");
  }

  @Test
  void keepsWhatOnlyFloatReads() {
    Model model =
        model(
            CONV, "c = Conv(x, w, b)\n s = Sigmoid(c)\n f = Flatten(s)\n y = Softmax<axis = 1>(f)");

    QuantizationPlan plan = plan(model, QuantizationScheme.standard());

    assertThat(fates(plan))
        .containsExactly(
            "int8",
            "its result is only read in float",
            "its result is only read in float",
            "its result is only read in float");
  }

  @Test
  void keepsWhatFollowsNoOperatorOnCodes() {
    Model model = model(CONV, "e = Exp(x)\n s = Sigmoid(e)\n y = Conv(s, w, b)");

    assertThat(fates(plan(model, QuantizationScheme.standard())))
        .containsExactly("there is no integer kernel for it", "its input comes in float", "int8");
  }

  @Test
  void quantizesEverythingWhenAsked() {
    Model model = model(CONV, "c = Conv(x, w, b)\n s = Sigmoid(c)\n y = Softmax<axis = 1>(s)");
    QuantizationScheme scheme =
        QuantizationScheme.builder().coverage(Coverage.EVERY_OPERATOR).build();

    QuantizationPlan plan = plan(model, scheme);

    assertThat(fates(plan)).containsExactly("int8", "int8", "int8");
    TensorPlan.Activation softmax = (TensorPlan.Activation) plan.tensor("y").orElseThrow();
    assertThat(softmax.range()).isEqualTo(new Range(0, 1));
    assertThat(softmax.params().scale(0)).isEqualTo(1 / 255f);
  }

  @Test
  void keepsARectifierWhoseZeroPointLiesInTheMiddle() {
    Model model = model(CONV, "c = Conv(x, w, b)\n r = Relu(c)\n y = Conv(r, w)");
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(Policy.builder().activations(QuantType.INT8, Symmetry.SYMMETRIC).build())
            .build();

    assertThat(fates(plan(model, scheme))).containsExactly("int8", "int8", "int8");
    assertThat(fates(plan(model, QuantizationScheme.standard())))
        .containsExactly("int8", "absorbed", "int8");
  }

  @Test
  void absorbsAClipOnlyWhereItsCodesSaturate() {
    String clip =
        """
        c = Conv(x, w, b)
        r = Clip(c, low, high)
        y = Conv(r, w)
        """;
    Model model = model(CONV + ", float low = {-1}, float high = {1}", clip);
    QuantizationScheme scheme = QuantizationScheme.standard();

    QuantizationPlan narrow =
        QuantizationPlanner.plan(model, scheme, ranges("x", -4, 4, "r", -0.5f, 0.5f, "y", -4, 4));
    QuantizationPlan wide =
        QuantizationPlanner.plan(model, scheme, ranges("x", -4, 4, "r", -4, 4, "y", -4, 4));

    assertThat(fates(narrow)).containsExactly("int8", "absorbed", "int8");
    assertThat(fates(wide)).containsExactly("int8", "int8", "int8");
    // What lies outside the bounds does not matter to the convolution's only reader.
    assertThat(((TensorPlan.Activation) wide.tensor("c").orElseThrow()).range())
        .isEqualTo(new Range(-4, 4));
  }

  @Test
  void absorbsARectifierThatOnlySawZeros() {
    Model model = model(CONV, "c = Conv(x, w, b)\n r = Relu(c)\n y = Conv(r, w)");
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(Policy.builder().activations(QuantType.INT8, Symmetry.ASYMMETRIC).build())
            .build();

    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, ranges("x", -4, 4, "r", 0, 0, "y", -4, 4));

    TensorPlan.Activation zeros = (TensorPlan.Activation) plan.tensor("r").orElseThrow();
    assertThat(zeros.params().zeroPoint(0)).isEqualTo(-128);
  }

  @Test
  void keepsARectifierWhoseInputOthersRead() {
    Model model = model(CONV, "c = Conv(x, w, b)\n r = Relu(c)\n d = Conv(r, w)\n y = Add(d, c)");

    assertThat(fates(plan(model, QuantizationScheme.standard())).get(1))
        .isEqualTo("it does not follow an operator on codes that it alone reads");
  }

  @Test
  void obeysTheScheme() {
    Model model = model(CONV, "[first] c = Conv(x, w, b)\n [last] y = Conv(c, w)");
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .exceptNodes(List.of("first"))
            .forTensor("c", Policy.builder().range(new Range(-3, 5)).build())
            .forNode("last", Policy.builder().granularity(WeightGranularity.PER_TENSOR).build())
            .build();

    QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, ranges("y", -4, 4));

    assertThat(fates(plan)).containsExactly("the scheme says so", "int8");
    TensorPlan.Activation stated = (TensorPlan.Activation) plan.tensor("c").orElseThrow();
    assertThat(stated.origin()).isEqualTo(new TensorPlan.Origin.Stated());
    assertThat(stated.params().scale(0)).isEqualTo(8 / 255f);
    assertThat(((TensorPlan.Weight) plan.tensor("w").orElseThrow()).params().count()).isEqualTo(1);
  }

  @Test
  void readsWhatTheModelDequantizesItselfAsItIs() {
    Model model =
        model(
            CONV + ", float s = {0.5}, int8 z = {0}",
            """
            q = QuantizeLinear(x, s, z)
            d = DequantizeLinear(q, s, z)
            y = Conv(d, w, b)
            """);

    QuantizationPlan plan = plan(model, QuantizationScheme.standard());
    assertThat(fates(plan).getLast()).isEqualTo("int8");
    assertThat(plan.tensor("d").orElseThrow().grid())
        .contains(QuantParams.perTensor(QuantType.INT8, 0.5f, 0));
    assertThat(plan.tensor("b").orElseThrow())
        .isEqualTo(new TensorPlan.Bias("b", "b", "d", "w", 1, 2));
    assertThat(QuantizationPlanner.needs(model, QuantizationScheme.standard()).values())
        .doesNotContain("d");
  }

  @Test
  void whatAGateMakesNothingOfHasNoCodes() {
    String gate =
        """
        c = Conv(x, w, b)
        s = Sigmoid(c)
        m = Mul(c, s)
        y = Conv(m, w, b)
        """;
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (String value : List.of("x", "c", "s", "m", "y")) {
      ranges.put(value, new Range(-20, 10));
    }
    CalibrationTable table = CalibrationTable.ofRanges(ranges);
    QuantizationScheme scheme = QuantizationScheme.standard();
    Range gated =
        ((TensorPlan.Activation)
                QuantizationPlanner.plan(model(CONV, gate), scheme, table)
                    .tensor("c")
                    .orElseThrow())
            .range();
    // swish(-6) = -0.0148, and half a code of the product's is about 0.02.
    assertThat(gated.min()).isBetween(-6f, -5f);
    assertThat(gated.max()).isEqualTo(10);
    Range read =
        ((TensorPlan.Activation)
                QuantizationPlanner.plan(
                        model(CONV, gate.replace("Mul(c, s)", "Mul(c, s)\nz = Relu(c)")),
                        scheme,
                        table)
                    .tensor("c")
                    .orElseThrow())
            .range();
    assertThat(read.min()).isEqualTo(-20);
  }

  @Test
  void leavesAloneWhatIsDequantizedFromScalesPerChannel() {
    Model model =
        model(
            CONV + ", float[2] s = {0.5, 0.25}, int8[2] z = {0, 0}",
            """
            q = QuantizeLinear(x, s, z)
            d = DequantizeLinear(q, s, z)
            y = Conv(d, w, b)
            """);

    assertThat(fates(plan(model, QuantizationScheme.standard())).getLast())
        .isEqualTo("its input 'd' is dequantized from other than 8-bit codes of one scale");
  }

  @Test
  void refusesAWeightThatIsNoNumber() {
    Model model = model("float[2,2,1] w = {1, nan, 3, -4}", "y = Conv(x, w)");

    assertThatThrownBy(() -> plan(model, QuantizationScheme.standard()))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("tensor 'w'")
        .hasMessageContaining("element 1 is NaN");
  }

  @Test
  void refusesAnOpsetWithoutScalesPerChannel() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 11]>
            g (float[N,2,8] x) => (float[N,2,8] y) <%s> { y = Conv(x, w, b) }
            """
                .formatted(CONV));

    assertThatThrownBy(() -> QuantizationPlanner.needs(model, QuantizationScheme.standard()))
        .hasMessageContaining("opset 13 or newer")
        .hasMessageContaining("scales per tensor");
  }

  @Test
  void plansAreValues() {
    Model model = model(CONV, "c = Conv(x, w, b)\n y = Conv(c, w)");
    QuantizationScheme scheme = QuantizationScheme.standard();
    QuantizationPlan plan =
        QuantizationPlanner.plan(model, scheme, ranges("x", -4, 4, "c", -4, 4, "y", -4, 4));
    QuantizationPlan again =
        QuantizationPlanner.plan(model.copy(), scheme, ranges("x", -4, 4, "c", -4, 4, "y", -4, 4));
    QuantizationPlan other =
        QuantizationPlanner.plan(
            model, scheme, ranges("x", -4, 4, "c", -4, Math.nextUp(4f), "y", -4, 4));

    assertThat(again).isEqualTo(plan);
    // Stable across machines and runs: a change here changes what saved plans and models say.
    assertThat(plan.hash()).isEqualTo(again.hash()).matches("[0-9a-f]{64}");
    assertThat(other.hash()).isNotEqualTo(plan.hash());
    assertThat(plan.diff(again)).isEmpty();
    assertThat(plan.diff(other))
        .singleElement()
        .satisfies(difference -> assertThat(difference.place()).isEqualTo("tensor c"));
    assertThat(plan.toString()).contains("2 nodes quantized", "c  ", "reads x, w, b");
  }

  private static List<String> fates(QuantizationPlan plan) {
    return plan.nodes().stream()
        .map(
            node ->
                switch (node.fate()) {
                  case NodePlan.Fate.Quantized quantized -> "int8";
                  case NodePlan.Fate.Absorbed() -> "absorbed";
                  case NodePlan.Fate.Kept(String reason) -> reason;
                })
        .toList();
  }

  private static QuantizationPlan plan(Model model, QuantizationScheme scheme) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (String value : QuantizationPlanner.needs(model, scheme).values()) {
      ranges.put(value, new Range(-4, 4));
    }
    return QuantizationPlanner.plan(model, scheme, CalibrationTable.ofRanges(ranges));
  }

  private static CalibrationTable ranges(Object... triples) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (int i = 0; i < triples.length; i += 3) {
      ranges.put(
          (String) triples[i],
          new Range(
              ((Number) triples[i + 1]).floatValue(), ((Number) triples[i + 2]).floatValue()));
    }
    return CalibrationTable.ofRanges(ranges);
  }

  private static Model model(String constants, String nodes) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            g (float[N,2,8] x) => (float[] y) <%s> { %s }
            """
                .formatted(constants, nodes));
    ShapeInference.infer(model);
    return model;
  }
}
