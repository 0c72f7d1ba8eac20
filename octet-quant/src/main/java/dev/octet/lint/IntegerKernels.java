package dev.octet.lint;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which operators ONNX Runtime computes on 8-bit codes on a CPU, when they stand between
/// DequantizeLinear and QuantizeLinear.
///
/// From the rules that ONNX Runtime 1.30 registers for its CPU provider
/// (`qdq_selector_action_transformer.cc`: drop, 1DQ, 2DQ, *DQ, Conv, MatMul, Gemm, Where, Split,
/// ArgMax) and its fusion of Relu and Clip into the QuantizeLinear after them.
final class IntegerKernels {
  /// First opset from which an operator takes 8-bit codes; 0 for any.
  private static final Map<String, Integer> FROM_OPSET = Map.of("MaxPool", 12);

  private static final Set<String> ON_CODES =
      Set.of(
          "Add",
          "ArgMax",
          "AveragePool",
          "Concat",
          "Conv",
          "Expand",
          "Flatten",
          "Gather",
          "GatherElements",
          "Gemm",
          "GlobalAveragePool",
          "LeakyRelu",
          "MatMul",
          "MaxPool",
          "Mul",
          "ReduceMax",
          "ReduceMin",
          "Reshape",
          "Resize",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Split",
          "Squeeze",
          "Tile",
          "Transpose",
          "Unsqueeze",
          "Where");

  /// Absorbed by the QuantizeLinear after them, whose codes end where they would cut.
  private static final Set<String> ABSORBED = Set.of("Relu", "Clip");

  /// Work on shapes, control or storage, or gone before anything is quantized.
  private static final Set<String> NOT_ARITHMETIC =
      Set.of(
          "BatchNormalization",
          "Cast",
          "CastLike",
          "Constant",
          "ConstantOfShape",
          "Dropout",
          "Identity",
          "If",
          "Loop",
          "NonMaxSuppression",
          "NonZero",
          "Range",
          "Scan",
          "Shape",
          "Size");

  private IntegerKernels() {}

  /// Whether a node has an integer kernel.
  static boolean has(Node node, int opset) {
    return node.domain().isEmpty()
        && (ON_CODES.contains(node.opType()) || ABSORBED.contains(node.opType()))
        && opset >= FROM_OPSET.getOrDefault(node.opType(), 0);
  }

  /// The opset from which on a node would have an integer kernel; empty for any or none.
  static Optional<Integer> since(Node node) {
    return node.domain().isEmpty()
        ? Optional.ofNullable(FROM_OPSET.get(node.opType()))
        : Optional.empty();
  }

  /// Whether inputs after the first are settings (a shape, scales of a Resize), not data.
  static boolean takesParameters(Node node) {
    return switch (node.opType()) {
      case "Expand", "Reshape", "Resize", "Slice", "Split", "Squeeze", "Tile", "Unsqueeze" -> true;
      default -> false;
    };
  }

  /// Whether a node disappears into the QuantizeLinear after it.
  static boolean isAbsorbed(Node node) {
    return node.domain().isEmpty() && ABSORBED.contains(node.opType());
  }

  /// Whether a node computes on floats that could be codes.
  static boolean isFloatArithmetic(Node node) {
    return node.domain().isEmpty()
        && !isOnCodes(node)
        && !NOT_ARITHMETIC.contains(node.opType())
        && node.input(0).filter(value -> LintSubject.constant(value).isEmpty()).isPresent()
        && node.inputs().stream().anyMatch(IntegerKernels::isFloat)
        && node.outputs().stream().anyMatch(IntegerKernels::isFloat);
  }

  /// Whether a node takes or gives codes itself.
  static boolean isOnCodes(Node node) {
    return switch (node.opType()) {
      case "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "ConvInteger",
          "MatMulInteger",
          "QLinearConv",
          "QLinearMatMul" ->
          true;
      default ->
          node.domain().equals("com.microsoft")
              && (node.opType().startsWith("QLinear")
                  || node.opType().startsWith("DynamicQuantize")
                  || node.opType().startsWith("MatMulInteger")
                  || node.opType().startsWith("QEmbed")
                  || Set.of("QGemm", "QAttention", "MatMulNBits").contains(node.opType()));
    };
  }

  private static boolean isFloat(@Nullable Value value) {
    return value != null && value.dataType().filter(type -> type.isFloat()).isPresent();
  }
}
