package dev.octet.rewrite.qoperator;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import java.util.Optional;

/// What convolutions and matrix products have in common.
final class Products {
  private Products() {}

  /// Whether ONNX Runtime multiplies such codes: all pairs but INT8 by UINT8.
  static boolean haveKernel(Codes activation, Codes weight) {
    return activation.isEightBit()
        && weight.isEightBit()
        && !(activation.type() == DataType.INT8 && weight.type() == DataType.UINT8);
  }

  /// The INT32 codes of a bias, where their scales are the products that the kernel assumes.
  ///
  /// @param index the bias's input
  /// @param factor what else the kernel multiplies with
  /// @return empty when the bias is stored in another way
  static Optional<Value> bias(
      CodedNode node, int index, Codes activation, Codes weight, float factor) {
    Optional<Codes> bias = node.input(index).filter(codes -> codes.type() == DataType.INT32);
    Optional<DenseTensor> stored = bias.flatMap(codes -> Codes.constant(codes.scale()));
    if (bias.isEmpty() || stored.isEmpty() || stored.get().dataType() != DataType.FLOAT) {
      return Optional.empty();
    }
    float[] scales = bias.get().scales();
    float[] weightScales = weight.scales();
    if (scales.length != weightScales.length) {
      return Optional.empty();
    }
    for (int i = 0; i < scales.length; i++) {
      float product = activation.oneScale() * weightScales[i] * factor;
      // Scales of a wide bias may be stored after rounding once more.
      if (Math.abs(scales[i] - product) > Math.ulp(product)) {
        return Optional.empty();
      }
    }
    return Optional.of(bias.get().codes());
  }
}
