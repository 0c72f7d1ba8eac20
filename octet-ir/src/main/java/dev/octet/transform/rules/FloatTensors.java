package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Floating-point tensors from numbers worked out in double precision, each rounded once, to
/// nearest, ties to even.
final class FloatTensors {
  private FloatTensors() {}

  /// Whether [#of] makes tensors of this type.
  static boolean supports(DataType type) {
    return type == DataType.FLOAT || type == DataType.DOUBLE || type == DataType.FLOAT16;
  }

  /// @throws IllegalArgumentException when the type is not [#supports supported]
  static DenseTensor of(DataType type, List<Long> dims, double[] values) {
    int size = type.bits() / 8;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, size)).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (type) {
        case FLOAT -> bytes.putFloat((float) value);
        case DOUBLE -> bytes.putDouble(value);
        case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) value));
        default -> throw new IllegalArgumentException(type + " is not made from doubles");
      }
    }
    long[] sizes = dims.stream().mapToLong(Long::longValue).toArray();
    return DenseTensor.ofBytes(type, bytes.array(), sizes);
  }
}
