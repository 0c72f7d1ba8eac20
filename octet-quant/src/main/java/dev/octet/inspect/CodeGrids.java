package dev.octet.inspect;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantParams;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.OwnGrids;
import java.util.Optional;

/// The grid that the codes of a value stand on, read off the node that computes it.
public final class CodeGrids {
  private CodeGrids() {}

  /// Scale and zero point of what a value holds: codes, or the numbers read back from codes. Empty
  /// where it holds neither, the codes are floating-point numbers, or the scale is not one constant
  /// for the whole tensor.
  public static Optional<QuantParams> of(Value value) {
    return value
        .producer()
        .filter(node -> node.output(0) == value)
        .flatMap(CodeGrids::ofResult)
        .filter(params -> params.count() == 1 && !params.type().isFloat());
  }

  private static Optional<QuantParams> ofResult(Node node) {
    if (node.is("Clip")) {
      // Codes of a grid that uses but a part of its type.
      return node.input(0)
          .filter(value -> value.producer().filter(codes -> codes.is("QuantizeLinear")).isPresent())
          .flatMap(CodeGrids::of);
    }
    int scale =
        switch (node.opType()) {
          case "QuantizeLinear", "DequantizeLinear" -> 1;
          case "QLinearConv", "QLinearMatMul", "QLinearAdd", "QLinearMul" -> 6;
          case "QGemm", "QLinearWhere" -> 7;
          case "QLinearSigmoid",
              "QLinearLeakyRelu",
              "QLinearSoftmax",
              "QLinearAveragePool",
              "QLinearGlobalAveragePool" ->
              3;
          case "QLinearConcat" -> 0;
          default -> -1;
        };
    if (scale < 0) {
      return Optional.empty();
    }
    Optional<DenseTensor> scales = node.input(scale).flatMap(FoldedConstants::of);
    Optional<DenseTensor> zeros = node.input(scale + 1).flatMap(FoldedConstants::of);
    DataType codes = zeros.map(DenseTensor::dataType).orElse(DataType.UINT8);
    return scales.flatMap(tensor -> OwnGrids.of(codes, tensor, zeros, 0, 0));
  }
}
