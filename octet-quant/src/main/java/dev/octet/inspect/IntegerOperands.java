package dev.octet.inspect;

import dev.octet.ir.Node;
import java.util.List;
import java.util.Optional;

/// Where operators that compute on codes keep their weights and biases.
final class IntegerOperands {
  private IntegerOperands() {}

  /// Input positions of codes with their scale and zero point.
  ///
  /// @param axis axis of the scales when there is one for each channel
  record Weight(int codes, int scale, int zeroPoint, int axis) {}

  /// Input positions of a bias and of the scales whose product is its scale.
  record Bias(int codes, int inputScale, int weightScale) {}

  static Optional<Weight> weight(Node node) {
    return switch (node.opType()) {
      case "QLinearConv" -> Optional.of(new Weight(3, 4, 5, 0));
      case "QLinearMatMul" -> Optional.of(new Weight(3, 4, 5, -1));
      case "QGemm" -> Optional.of(new Weight(3, 4, 5, node.intAttribute("transB", 0) == 0 ? 1 : 0));
      case "MatMulIntegerToFloat" -> Optional.of(new Weight(1, 3, 5, -1));
      case "QAttention" -> Optional.of(new Weight(1, 4, 7, 1));
      default -> Optional.empty();
    };
  }

  static Optional<Bias> bias(Node node) {
    return switch (node.opType()) {
      case "QLinearConv" -> Optional.of(new Bias(8, 1, 4));
      case "QGemm" -> Optional.of(new Bias(6, 1, 4));
      default -> Optional.empty();
    };
  }

  /// Whether a node computes on codes, at least in part.
  static boolean isInteger(Node node) {
    return switch (node.opType()) {
      case "QLinearConv",
          "QLinearMatMul",
          "QGemm",
          "MatMulIntegerToFloat",
          "ConvInteger",
          "MatMulInteger",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "QAttention",
          "QLinearAdd",
          "QLinearMul",
          "QLinearConcat",
          "QLinearWhere",
          "QLinearSigmoid",
          "QLinearLeakyRelu",
          "QLinearSoftmax",
          "QLinearAveragePool",
          "QLinearGlobalAveragePool",
          "QEmbedLayerNormalization",
          "MatMulNBits" ->
          true;
      default -> false;
    };
  }

  static Optional<Constants.Found> find(Node node, Weight operand) {
    return Constants.codes(
        node.input(operand.codes),
        node.input(operand.scale),
        node.input(operand.zeroPoint),
        operand.axis);
  }

  /// Inputs that carry data computed elsewhere, for operators that take much beside it.
  static List<Integer> dataInputs(Node node) {
    return switch (node.opType()) {
      case "QLinearConv",
          "QLinearSigmoid",
          "QLinearLeakyRelu",
          "QLinearSoftmax",
          "QLinearAveragePool",
          "QLinearGlobalAveragePool",
          "ConvInteger",
          "Conv",
          "ConvTranspose",
          "Reshape",
          "Expand",
          "Slice",
          "Resize",
          "Upsample",
          "Tile",
          "Pad",
          "Squeeze",
          "Unsqueeze",
          "Clip",
          "BatchNormalization",
          "TopK",
          "Split",
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "DynamicQuantizeLSTM",
          "LSTM",
          "Attention",
          "QAttention",
          "ReduceSum",
          "ReduceMean",
          "CumSum" ->
          List.of(0);
      case "QLinearAdd", "QLinearMul", "QLinearMatMul", "QGemm" -> List.of(0, 3);
      case "MatMulIntegerToFloat", "MatMulInteger" -> List.of(0, 1);
      case "QLinearConcat" -> every(2, 3, node.inputs().size());
      case "QLinearWhere" -> List.of(0, 1, 4);
      default -> every(0, 1, node.inputs().size());
    };
  }

  /// Inputs that carry scales and zero points.
  static List<Integer> gridInputs(Node node) {
    return switch (node.opType()) {
      case "QuantizeLinear", "DequantizeLinear" -> List.of(1, 2);
      case "QLinearConv", "QLinearMatMul" -> List.of(1, 2, 4, 5, 6, 7);
      case "QGemm" -> List.of(1, 2, 4, 5, 7, 8);
      case "QLinearAdd", "QLinearMul" -> List.of(1, 2, 4, 5, 6, 7);
      case "MatMulIntegerToFloat" -> List.of(2, 3, 4, 5);
      case "ConvInteger", "MatMulInteger" -> List.of(2, 3);
      case "QLinearWhere" -> List.of(2, 3, 5, 6, 7, 8);
      case "QAttention" -> List.of(3, 4, 6, 7);
      case "DynamicQuantizeLSTM" -> List.of(8, 9, 10, 11);
      case "QLinearSigmoid",
          "QLinearLeakyRelu",
          "QLinearSoftmax",
          "QLinearAveragePool",
          "QLinearGlobalAveragePool" ->
          List.of(1, 2, 3, 4);
      case "QLinearConcat" -> {
        List<Integer> indices = new java.util.ArrayList<>(List.of(0, 1));
        for (int i = 2; i < node.inputs().size(); i++) {
          if (i % 3 != 2) {
            indices.add(i);
          }
        }
        yield indices;
      }
      default -> List.of();
    };
  }

  private static List<Integer> every(int first, int step, int end) {
    List<Integer> indices = new java.util.ArrayList<>();
    for (int i = first; i < end; i += step) {
      indices.add(i);
    }
    return indices;
  }
}
