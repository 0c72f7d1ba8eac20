package dev.octet.target;

import dev.octet.ir.Node;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;

/// In which order a kernel meets the weights of one output channel.
///
/// @param channels output channels, over all matrices of a stack
/// @param depth weights that are multiplied and added up for each of them
/// @param outputs output channels of one matrix: channel `c` is number `c % outputs` of its own
/// @param index place in the row-major weight of step `i` of channel `c`
record WeightOrder(int channels, int depth, int outputs, IntBinaryOperator index) {

  /// The order for a node's weight; empty when its kernel adds no pairs: a depthwise convolution
  /// multiplies in 32 bits, everything else has no integer kernel.
  static Optional<WeightOrder> of(Node node, List<Long> dims) {
    return switch (node.opType()) {
      case "Conv" -> convolution(node, dims);
      case "Gemm" -> Optional.of(matrix(dims, node.intAttribute("transB", 0) != 0));
      case "LSTM" -> Optional.of(recurrent(dims));
      case "MatMul" -> dims.size() < 2 ? Optional.empty() : Optional.of(matrix(dims, false));
      default -> Optional.empty();
    };
  }

  /// ONNX Runtime turns both data and weights so that channels are innermost: a step is a tap of
  /// the kernel and, within it, an input channel.
  private static Optional<WeightOrder> convolution(Node node, List<Long> dims) {
    int channels = Math.toIntExact(dims.get(0));
    int inputs = Math.toIntExact(dims.get(1));
    int taps =
        Math.toIntExact(
            dims.stream().skip(2).mapToLong(Long::longValue).reduce(1, (a, b) -> a * b));
    if (inputs == 1 && node.intAttribute("group", 1) == channels) {
      return Optional.empty();
    }
    int depth = inputs * taps;
    return Optional.of(
        new WeightOrder(
            channels, depth, channels, (c, i) -> c * depth + i % inputs * taps + i / inputs));
  }

  /// A matrix for each direction, outputs first, as the recurrent kernel has them.
  private static WeightOrder recurrent(List<Long> dims) {
    int rows = Math.toIntExact(dims.get(0) * dims.get(1));
    int columns = Math.toIntExact(dims.get(2));
    return new WeightOrder(rows, columns, rows, (c, i) -> c * columns + i);
  }

  private static WeightOrder matrix(List<Long> dims, boolean outputsFirst) {
    int rank = dims.size();
    int rows = Math.toIntExact(dims.get(rank - 2));
    int columns = Math.toIntExact(dims.get(rank - 1));
    if (outputsFirst) {
      return new WeightOrder(rows, columns, rows, (c, i) -> c * columns + i);
    }
    int stacked =
        Math.toIntExact(
            dims.stream().limit(rank - 2L).mapToLong(Long::longValue).reduce(1, (a, b) -> a * b));
    return new WeightOrder(
        stacked * columns,
        rows,
        columns,
        (c, i) -> (c / columns * rows + i) * columns + c % columns);
  }
}
