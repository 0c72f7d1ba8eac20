package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Floating-point tensors from numbers worked out in double precision, each rounded once, to
/// nearest, ties to even.
final class FloatTensors {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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

  /// Writes some elements, each multiplied by a factor, to the same places of another tensor.
  ///
  /// @param start index of the first
  /// @param target bytes of a tensor of the same type and size
  static void scale(
      DenseTensor tensor, long start, long count, double factor, MemorySegment target) {
    MemorySegment source = tensor.data();
    switch (tensor.dataType()) {
      case FLOAT -> {
        for (long i = start; i < start + count; i++) {
          target.setAtIndex(FLOAT, i, (float) (source.getAtIndex(FLOAT, i) * factor));
        }
      }
      case DOUBLE -> {
        for (long i = start; i < start + count; i++) {
          target.setAtIndex(DOUBLE, i, source.getAtIndex(DOUBLE, i) * factor);
        }
      }
      case FLOAT16 -> {
        for (long i = start; i < start + count; i++) {
          float value = Float.float16ToFloat(source.getAtIndex(SHORT, i));
          target.setAtIndex(SHORT, i, Float.floatToFloat16((float) (value * factor)));
        }
      }
      default -> throw new IllegalArgumentException(tensor.dataType() + " is not multiplied");
    }
  }
}
