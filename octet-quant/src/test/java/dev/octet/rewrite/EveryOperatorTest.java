package dev.octet.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.ErrorStatistics;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.NodePlan;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.target.Saturation;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each operator family, between two convolutions, quantized and judged by ONNX Runtime.
class EveryOperatorTest {
  private static final String CONSTANTS =
      """
      float[3,3,1] w = {1, 0.2, -0.3, 0.4, 0.5, -0.6, -0.7, 0.8, 0.9}, float[3] b = {0.1, -0.2, 0.3},
      float[3] scale = {1.5, 0.5, -0.8}, float[3] mean = {0.1, 0.2, 0.3}, float[3] var = {1, 2, 3},
      float[8] ls = {1, 2, 0.5, 0.25, 1.5, 1, 1, 0.75}, float[8] lb = {0, 1, -1, 0.5, 0, 0, 0.1, 0.2},
      float[3,8] t = {1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4, -5, -6, -7, -8, 1, -2, 3, -4, 5, -6, 7, -8},
      int64 axis = {2}, int64[1] k = {4}, int64[3] index = {2, 0, 1}, int64[2] picks = {0, 2},
      int64[6] pads = {0, 0, 1, 0, 0, 1}, float four = {4}, float one = {1},
      float[3] scales = {1, 1, 2}, int64[1] starts = {1}, float[4] wide = {1, 1, 1, 2}, int32[1,3] ids = {2, 0, 1}, int64[1] ends = {7}, int64[1] axes = {2},
      int64[2] parts = {4, 4}, bool[1,1,8] mask = {1, 0, 1, 1, 0, 0, 1, 1}, int64[3,1] at = {0, 3, 5}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Where        | m = Where(mask, c, t)",
        "Where        | m = Where(mask, c, one)",
        "Gather       | m = Gather<axis = 2>(c, picks)",
        "Gather       | e = Gather<axis = 0>(t, index) m = Add(c, e)",
        "GatherElements| m = GatherElements<axis = 1>(t, at) ",
        "Slice        | m = Slice(c, starts, ends, axes)",
        "TopK         | m, i = TopK<axis = 2>(c, k)",
        "CumSum       | m = CumSum(c, axis)",
        "InstanceNormalization | m = InstanceNormalization(c, scale, b)",
        "LayerNormalization | m = LayerNormalization(c, ls, lb)",
        "LayerNormalization | m = LayerNormalization(c, ls)",
        "BatchNormalization | m = BatchNormalization(c, scale, b, mean, var)",
        "Clip         | m = Clip(c, one, four)",
        "Relu         | m = Relu(c)",
        "LeakyRelu    | m = LeakyRelu<alpha = 0.2>(c)",
        "Sigmoid      | m = Sigmoid(c)",
        "Softmax      | m = Softmax<axis = 1>(c)",
        "Pad          | m = Pad(c, pads, four)",
        "Pad          | m = Pad(c, pads)",
        "Pad          | m = Pad<mode = \"reflect\">(c, pads)",
        "Resize       | u = Unsqueeze(c, starts) r = Resize<mode = \"cubic\">(u, , wide) m ="
            + " Squeeze(r, starts)",
        "Resize       | m = Resize<mode = \"nearest\">(c, , scales)",
        "Split        | m, n = Split<axis = 2>(c, parts)",
        "Concat       | m = Concat<axis = 2>(c, c)",
        "MaxPool      | m = MaxPool<kernel_shape = [2]>(c)",
        "AveragePool  | m = AveragePool<kernel_shape = [2]>(c)",
        "GlobalAveragePool | m = GlobalAveragePool(c)",
        "ConvTranspose | m = ConvTranspose(c, w, b)",
        "Transpose    | m = Transpose<perm = [0, 1, 2]>(c)",
        "Mul          | m = Mul(c, t)",
        "Add          | m = Add(c, four)",
        // Places that are nearly the largest change with a code: their difference weighs little.
        "ArgMax       | a = ArgMax<axis = 1>(c) f = Cast<to = 1>(a) h = Sin(f) m = Add(c, h)",
        "com.microsoft.EmbedLayerNormalization | e, i = com.microsoft.EmbedLayerNormalization(ids,"
            + " , t, t, , ls, lb) m = Add(c, e)",
        "Unsqueeze    | u = Unsqueeze(c, starts) m = Squeeze(u, starts)"
      })
  void staysCloseToTheFloatModel(String opType, String nodes) {
    Model model = model("c = Conv(x, w, b) " + nodes + " " + last(nodes));
    for (Coverage coverage : Coverage.values()) {
      QuantizationScheme scheme = QuantizationScheme.builder().coverage(coverage).build();
      Map<String, DenseTensor> input = Map.of("x", M5.normal(new Random(3), 1, 4, 3, 8));
      CalibrationTable table =
          Ort.calibrate(model, QuantizationPlanner.needs(model, scheme).values(), input);
      QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, table);

      // Of weights that no processor's kernels saturate on.
      Model quantized =
          PlanRewriter.rewrite(model, Saturation.withSafeWeights(model, plan)).model();

      if (coverage == Coverage.EVERY_OPERATOR) {
        assertThat(plan.nodes())
            .filteredOn(node -> node.opType().equals(opType))
            .isNotEmpty()
            .allMatch(node -> !(node.fate() instanceof NodePlan.Fate.Kept));
      }
      float[] expected = Ort.run(model, OptLevel.NO_OPT, input).get("y");
      for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
        ErrorStatistics error = new ErrorStatistics();
        error.accept(expected, Ort.run(quantized, level, input).get("y"));
        assertThat(error.sqnr()).as("SQNR at %s, %s", level, coverage).isGreaterThan(20);
      }
    }
  }

  /// `Gather` picks of a constant alone have no batch to be convolved with.
  private static String last(String nodes) {
    return nodes.contains("GatherElements") ? "z = Add(c, m) y = Conv(z, w)" : "y = Conv(m, w)";
  }

  private static Model model(String nodes) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
            g (float[N,3,8] x) => (float[] y) <%s> { %s }
            """
                .formatted(CONSTANTS, nodes));
    ShapeInference.infer(model);
    return model;
  }
}
