package dev.octet.plan;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import java.util.Arrays;
import java.util.Optional;

/// Scales and zero points that a model's own `QuantizeLinear` and `DequantizeLinear` nodes state.
public final class OwnGrids {
  private OwnGrids() {}

  /// The grid of a value that a `DequantizeLinear` node computes; empty when no such node does, or
  /// when its scale is not constant.
  public static Optional<QuantParams> of(Value value) {
    return value
        .producer()
        .filter(node -> node.opType().equals("DequantizeLinear"))
        .flatMap(node -> of(node, codes(node), value.shape().map(Shape::rank).orElse(0)));
  }

  /// The grid of a `QuantizeLinear` or `DequantizeLinear` node, when it is constant.
  ///
  /// @param codes type of the codes
  /// @param rank number of dimensions of the data
  public static Optional<QuantParams> of(Node node, DataType codes, int rank) {
    Optional<DenseTensor> scales = node.input(1).flatMap(FoldedConstants::of);
    long axis = node.intAttribute("axis", 1);
    return scales.flatMap(
        tensor ->
            of(
                codes,
                tensor,
                node.input(2).flatMap(FoldedConstants::of),
                (int) (axis < 0 ? axis + rank : axis),
                (int) node.intAttribute("block_size", 0)));
  }

  /// The grid that constants state.
  ///
  /// @param codes type of the codes
  /// @param scales one, or one for each channel or block
  /// @param zeroPoints as many, or one; empty for 0
  /// @param axis axis of the scales when there are several
  /// @param block elements of a block, 0 for none
  public static Optional<QuantParams> of(
      DataType codes, DenseTensor scales, Optional<DenseTensor> zeroPoints, int axis, int block) {
    Optional<QuantType> type =
        Arrays.stream(QuantType.values())
            .filter(t -> t.onnxNumber() == codes.onnxNumber())
            .findFirst();
    if (type.isEmpty() || !scales.dataType().isFloat()) {
      return Optional.empty();
    }
    float[] scale = FoldedConstants.numbers(scales);
    int[] zeros = new int[scale.length];
    if (zeroPoints.isPresent() && !type.get().isFloat()) {
      for (int i = 0; i < zeros.length; i++) {
        zeros[i] = (int) zeroPoints.get().longAt(zeroPoints.get().elementCount() == 1 ? 0 : i);
      }
    }
    Granularity granularity =
        scale.length == 1
            ? Granularity.perTensor()
            : block > 0 ? Granularity.perBlock(axis, block) : Granularity.perChannel(axis);
    try {
      return Optional.of(new QuantParams(type.get(), granularity, scale, zeros));
    } catch (IllegalArgumentException unusable) {
      // A scale of zero or the like: nothing can be read with it.
      return Optional.empty();
    }
  }

  private static DataType codes(Node node) {
    Value source = node.input(0).orElseThrow();
    return node.input(2)
        .flatMap(FoldedConstants::of)
        .map(DenseTensor::dataType)
        .or(source::dataType)
        .orElse(DataType.UINT8);
  }
}
