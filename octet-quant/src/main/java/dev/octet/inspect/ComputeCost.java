package dev.octet.inspect;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// How many multiplications an operator takes for one sample: what decides where the time goes.
///
/// Exact for the operators that multiply and add in bulk (convolutions, matrix products, recurrent
/// layers, in float, quantized and fused form); every other operator counts nothing, as it takes a
/// few operations a number at most. Dimensions that are not fixed (the batch) count as 1.
public final class ComputeCost {
  private static final Set<String> CONVOLUTIONS =
      Set.of("Conv", "QLinearConv", "ConvInteger", "FusedConv");
  private static final Set<String> PRODUCTS =
      Set.of(
          "MatMul",
          "FusedMatMul",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul",
          "QLinearMatMul");
  private static final Set<String> GEMMS = Set.of("Gemm", "FusedGemm", "QGemm");

  private ComputeCost() {}

  /// Whether the operator multiplies and adds in bulk.
  public static boolean isHeavy(Node node) {
    return CONVOLUTIONS.contains(node.opType())
        || PRODUCTS.contains(node.opType())
        || GEMMS.contains(node.opType())
        || node.is("ConvTranspose")
        || gates(node) > 0;
  }

  /// Multiplications of a node; 0 for operators that are not heavy, empty when shapes it takes are
  /// not known.
  ///
  /// @param node of a model whose shapes have been inferred
  public static OptionalLong multiplications(Node node) {
    if (!isHeavy(node)) {
      return OptionalLong.of(0);
    }
    int second = IntegerOperands.weight(node).map(IntegerOperands.Weight::codes).orElse(1);
    Optional<Shape> data = node.input(0).flatMap(Value::shape);
    Optional<Shape> weight = node.input(second).flatMap(Value::shape);
    Optional<Shape> output =
        node.outputs().isEmpty() || node.outputs().getFirst() == null
            ? Optional.empty()
            : node.output(0).shape();
    if (weight.isEmpty()) {
      return OptionalLong.empty();
    }
    if (gates(node) > 0) {
      return recurrent(node, data, weight.get());
    }
    if (node.is("ConvTranspose")) {
      // Each input element is spread over the kernel once for every output channel.
      return data.map(shape -> elements(shape) / size(shape, 1) * elements(weight.get()))
          .map(OptionalLong::of)
          .orElse(OptionalLong.empty());
    }
    return output
        .map(shape -> OptionalLong.of(elements(shape) * perOutput(node, weight.get())))
        .orElse(OptionalLong.empty());
  }

  /// Products added up for one element of the output.
  private static long perOutput(Node node, Shape weight) {
    if (CONVOLUTIONS.contains(node.opType())) {
      return elements(weight) / size(weight, 0);
    }
    if (GEMMS.contains(node.opType())) {
      return size(weight, node.intAttribute("transB", 0) == 0 ? 0 : 1);
    }
    return size(weight, Math.max(0, weight.rank() - 2));
  }

  /// Each step multiplies the input with `W` and the state with `R`, for every gate and direction.
  private static OptionalLong recurrent(Node node, Optional<Shape> data, Shape weight) {
    if (data.isEmpty() || data.get().rank() != 3) {
      return OptionalLong.empty();
    }
    boolean batchFirst = node.intAttribute("layout", 0) != 0;
    long steps = size(data.get(), batchFirst ? 1 : 0);
    long batch = size(data.get(), batchFirst ? 0 : 1);
    long directions = node.stringAttribute("direction", "forward").equals("bidirectional") ? 2 : 1;
    long inputs = size(data.get(), 2);
    // DynamicQuantizeLSTM stores W transposed; either way it has inputs · gates · hidden numbers.
    long rows = elements(weight) / Math.max(1, directions * inputs);
    long hidden = rows / gates(node);
    return OptionalLong.of(steps * batch * directions * rows * (inputs + hidden));
  }

  private static int gates(Node node) {
    return switch (node.opType()) {
      case "LSTM", "DynamicQuantizeLSTM" -> 4;
      case "GRU" -> 3;
      case "RNN" -> 1;
      default -> 0;
    };
  }

  private static long size(Shape shape, int axis) {
    return axis < shape.rank() && shape.dim(axis) instanceof Dim.Known(long size)
        ? Math.max(1, size)
        : 1;
  }

  private static long elements(Shape shape) {
    long count = 1;
    for (Dim dim : shape.dims()) {
      count *= dim instanceof Dim.Known(long size) ? size : 1;
    }
    return count;
  }
}
