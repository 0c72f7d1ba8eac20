package dev.octet.lint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.octet.ir.DataType;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.ir.io.OnnxText;
import dev.octet.rewrite.Ort;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The table of integer kernels against ONNX Runtime itself: a node between DequantizeLinear and
/// QuantizeLinear is optimized, and what is left computes on floats, or does not.
class IntegerKernelsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "y = Add (a, b)",
        "y = AveragePool <kernel_shape = [2, 2]> (a)",
        "y = Concat <axis = 1> (a, b)",
        "y = Conv (a, w)",
        "c = Conv (a, w) y = Relu (c)",
        "c = Conv (a, w) y = Clip (c, least)",
        "y = Expand (a, four)",
        "y = Flatten (a)",
        "y = Gather (a, index)",
        "y = GatherElements (a, indices)",
        "y = Gemm (m, n)",
        "y = GlobalAveragePool (a)",
        "y = LeakyRelu (a)",
        "y = MatMul (a, b)",
        "y = MaxPool <kernel_shape = [2, 2]> (a)",
        "y = Mul (a, b)",
        "y = ReduceMax (a)",
        "y = ReduceMin (a)",
        "y = Reshape (a, flat)",
        "y = Resize (a, \"\", twice)",
        "y = Sigmoid (a)",
        "y = Slice (a, zero, one)",
        "y = Softmax (a)",
        "y = Split <num_outputs = 1> (a)",
        "y = Squeeze (a, zero)",
        "y = Tile (a, four)",
        "y = Transpose (a)",
        "y = Unsqueeze (a, zero)",
        "y = Where (mask, a, b)",
      })
  void theseAreComputedOnCodes(String nodes) {
    Model model = between(nodes);
    assertThat(named(model)).allMatch(node -> IntegerKernels.has(node, 18));
    assertThat(floatNodes(Ort.optimized(model, OptLevel.EXTENDED_OPT))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "y = Tanh (a)",
        "y = Sub (a, b)",
        "y = Div (a, b)",
        "y = Pow (a, b)",
        "y = Sqrt (a)",
        "y = Exp (a)",
        "y = Erf (a)",
        "y = Max (a, b)",
        "y = HardSigmoid (a)",
        "y = LogSoftmax (a)",
        "y = ReduceMean (a)",
        "y = ReduceSum (a)",
        "y = SpaceToDepth <blocksize = 2> (a)",
        "y = InstanceNormalization (a, scale, bias)",
        "y = ConvTranspose (a, w)",
        "y = CumSum (a, axis)",
        "y = Einsum <equation = \"abcd->abcd\"> (a)",
        "y = Pad (a, pads)",
        "y = Elu (a)",
        "y = PRelu (a, b)",
      })
  void theseAreNot(String nodes) {
    Model model = between(nodes);
    assertThat(named(model)).noneMatch(node -> IntegerKernels.has(node, 18));
    assertThat(floatNodes(Ort.optimized(model, OptLevel.EXTENDED_OPT))).isNotEmpty();
  }

  private static Model between(String nodes) {
    return OnnxText.parse(
        """
        <ir_version: 8, opset_import: ["" : 18]>
        g (uint8[1,1,4,4] qa, uint8[1,1,4,4] qb, uint8[4,4] qm, bool[1,1,4,4] mask) => (qy)
        <
          float s = {0.1}, uint8 z = {0}, int8[1,1,1,1] qw = {3}, int8[4,4] qn =
          {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}, int8 wz = {0}, float least = {0},
          int64[4] four = {1, 1, 4, 4}, int64[1] index = {0}, int64[1,1,1,1] indices = {0},
          int64[2] flat = {1, 16}, float[4] twice = {1, 1, 2, 2}, int64[1] zero = {0},
          int64[1] one = {1}, float[1] scale = {1}, float[1] bias = {0}, int64 axis = {1},
          int64[8] pads = {0, 0, 1, 1, 0, 0, 1, 1}
        > {
          a = DequantizeLinear (qa, s, z)
          b = DequantizeLinear (qb, s, z)
          m = DequantizeLinear (qm, s, z)
          w = DequantizeLinear (qw, s, wz)
          n = DequantizeLinear (qn, s, wz)
          %s
          qy = QuantizeLinear (y, s, z)
        }
        """
            .formatted(nodes));
  }

  private static List<Node> named(Model model) {
    return model.graph().nodes().stream().filter(node -> !IntegerKernels.isOnCodes(node)).toList();
  }

  /// Nodes that compute floats from floats.
  private static List<Node> floatNodes(Model model) {
    return LintSubject.of(model, java.util.Optional.empty()).model().graph().nodes().stream()
        .filter(node -> !IntegerKernels.isOnCodes(node))
        .filter(node -> node.outputs().stream().anyMatch(IntegerKernelsTest::isFloat))
        .toList();
  }

  private static boolean isFloat(@org.jspecify.annotations.Nullable Value value) {
    return value != null
        && (value.uses().stream().anyMatch(use -> use.node().opType().equals("QuantizeLinear"))
            || value.dataType().filter(type -> type == DataType.FLOAT).isPresent());
  }
}
