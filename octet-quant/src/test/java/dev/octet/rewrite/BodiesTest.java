package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.NodePlan;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.stats.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nodes in the bodies of `If`, `Loop` and `Scan` are quantized where they are.
class BodiesTest {
  /// A loop that convolves its state with a captured weight and adds a captured value, and an `If`
  /// in two branches of one shape; both branches use one name.
  private static final String MODEL =
      """
      <ir_version: 8, opset_import: ["" : 17]>
      g (float[N,3,8] x) => (float[] y)
      <float[3,3,1] w = {1, 0.2, -0.3, 0.4, 0.5, -0.6, -0.7, 0.8, 0.9}, float[3] b = {0.1, -0.2, 0.3},
       int64 trips = {3}, bool yes = {1}> {
        c = Conv(x, w, b)
        looped = Loop(trips, , c) <body = body (int64 i, bool go, float[N,3,8] state) => (bool on, float[N,3,8] next)
        <float[3,3,1] v = {0.5, 0.1, 0, 0, 0.5, 0.1, 0.1, 0, 0.5}> {
          p = Conv(state, v, b)
          q = Conv(p, w)
          next = Add(q, c)
          on = Identity(go)
        }>
        d = Conv(looped, w, b)
        y = If(yes) <then_branch = yes () => (float[N,3,8] t) { r = Relu(d) t = Conv(r, w) },
                     else_branch = no () => (float[N,3,8] t) { r = Sigmoid(d) t = Conv(r, w, b) }>
      }
      """;

  @ParameterizedTest
  @EnumSource
  void staysCloseToTheFloatModel(OutputStyle style) {
    Model model = model();
    // No calibration here: 16-bit codes, with room to spare.
    QuantizationScheme scheme =
        QuantizationScheme.builder()
            .defaults(Policy.builder().activations(QuantType.UINT16, Symmetry.ASYMMETRIC).build())
            .style(style)
            .build();
    QuantizationPlan plan = plan(model, scheme);

    Model quantized = PlanRewriter.rewrite(model, plan).model();

    assertThat(plan.nodes())
        .filteredOn(node -> node.opType().equals("Conv"))
        .hasSize(6)
        .allMatch(node -> node.fate() instanceof NodePlan.Fate.Quantized);
    Map<String, DenseTensor> input = input();
    float[] expected = Ort.run(model, OptLevel.NO_OPT, input).get("y");
    for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
      ErrorStatistics error = new ErrorStatistics();
      error.accept(expected, Ort.run(quantized, level, input).get("y"));
      assertThat(error.sqnr()).as("SQNR at %s", level).isGreaterThan(32);
    }
  }

  @Test
  void callsValuesByTheWayThere() {
    assertThat(QuantizationPlanner.needs(model(), QuantizationScheme.standard()).values())
        .contains("x", "c", "looped.body/state", "looped.body/p", "looped.body/q");
  }

  @Test
  void addressesNodesByTheWayThere() {
    for (String pattern : List.of("looped/p", "#1/body#0", "Conv@1", "p")) {
      QuantizationScheme scheme =
          QuantizationScheme.builder().exceptNodes(List.of(pattern)).build();
      assertThat(plan(model(), scheme).nodes())
          .filteredOn(
              node ->
                  node.fate() instanceof NodePlan.Fate.Kept(String reason)
                      && reason.equals("the scheme says so"))
          .as(pattern)
          .extracting(NodePlan::firstOutput)
          .containsExactly("looped.body/p");
    }
  }

  private static QuantizationPlan plan(Model model, QuantizationScheme scheme) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    QuantizationPlanner.needs(model, scheme)
        .values()
        .forEach(value -> ranges.put(value, new Range(-99, 99)));
    return QuantizationPlanner.plan(model, scheme, CalibrationTable.ofRanges(ranges));
  }

  private static Map<String, DenseTensor> input() {
    return Map.of("x", M5.normal(new Random(3), 2, 4, 3, 8));
  }

  private static Model model() {
    Model model = OnnxText.parse(MODEL);
    ShapeInference.infer(model);
    return model;
  }
}
