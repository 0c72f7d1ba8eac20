package dev.octet.rewrite.qoperator;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import java.util.Optional;

/// Codes with what turns them into numbers.
///
/// @param codes the codes
/// @param scale one scale, or one a channel
/// @param zeroPoint as many zero points, of the codes' type; empty where ONNX's default 0 serves
/// @param type the codes' type
/// @param axis the channels' axis, which means something where there are several scales
record Codes(Value codes, Value scale, Optional<Value> zeroPoint, DataType type, int axis) {
  boolean isEightBit() {
    return type == DataType.UINT8 || type == DataType.INT8;
  }

  /// Whether there is one scale, in 32-bit floats: what integer operators take.
  boolean hasOneScale() {
    return hasFloatScale() && hasOneScaleOfAnyType();
  }

  /// Whether there is one scale, of any float type.
  boolean hasOneScaleOfAnyType() {
    return constant(scale).filter(s -> s.elementCount() == 1).isPresent();
  }

  boolean hasFloatScale() {
    return scale.dataType().filter(type -> type == DataType.FLOAT).isPresent();
  }

  /// Whether there is one scale, or one for each index along an axis.
  ///
  /// @param wanted that axis
  boolean hasScalesAlong(int wanted) {
    return hasOneScale() || (hasFloatScale() && axis == wanted);
  }

  /// Whether the same codes stand for the same numbers.
  boolean sameGridAs(Codes other) {
    return type == other.type
        && sameConstant(scale, other.scale)
        && (zeroPoint.equals(other.zeroPoint)
            || (hasOneScale() && other.hasOneScale() && oneZeroPoint() == other.oneZeroPoint()));
  }

  float oneScale() {
    return (float) constant(scale).orElseThrow().doubleAt(0);
  }

  long oneZeroPoint() {
    return zeroPoint.map(value -> constant(value).orElseThrow().longAt(0)).orElse(0L);
  }

  float[] scales() {
    return constant(scale).orElseThrow().toFloatArray();
  }

  private static boolean sameConstant(Value one, Value other) {
    return one == other || (constant(one).isPresent() && constant(one).equals(constant(other)));
  }

  static Optional<DenseTensor> constant(Value value) {
    return value.isConstant()
        ? value.initializer().filter(DenseTensor.class::isInstance).map(DenseTensor.class::cast)
        : Optional.empty();
  }
}
