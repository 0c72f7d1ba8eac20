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

  // By way of arrays, which even code that is not optimized yet walks quickly.
  private static final int CHUNK = 8192;

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
    for (long done = 0; done < count; done += CHUNK) {
      int length = (int) Math.min(CHUNK, count - done);
      switch (tensor.dataType()) {
        case FLOAT -> scaleFloats(tensor.data(), start + done, length, factor, target);
        case DOUBLE -> scaleDoubles(tensor.data(), start + done, length, factor, target);
        case FLOAT16 -> scaleHalves(tensor.data(), start + done, length, factor, target);
        default -> throw new IllegalArgumentException(tensor.dataType() + " is not multiplied");
      }
    }
  }

  private static void scaleFloats(
      MemorySegment source, long start, int length, double factor, MemorySegment target) {
    float[] values = new float[length];
    MemorySegment.copy(source, FLOAT, start * Float.BYTES, values, 0, length);
    for (int i = 0; i < length; i++) {
      values[i] = (float) (values[i] * factor);
    }
    MemorySegment.copy(values, 0, target, FLOAT, start * Float.BYTES, length);
  }

  private static void scaleDoubles(
      MemorySegment source, long start, int length, double factor, MemorySegment target) {
    double[] values = new double[length];
    MemorySegment.copy(source, DOUBLE, start * Double.BYTES, values, 0, length);
    for (int i = 0; i < length; i++) {
      values[i] *= factor;
    }
    MemorySegment.copy(values, 0, target, DOUBLE, start * Double.BYTES, length);
  }

  private static void scaleHalves(
      MemorySegment source, long start, int length, double factor, MemorySegment target) {
    short[] values = new short[length];
    MemorySegment.copy(source, SHORT, start * Short.BYTES, values, 0, length);
    for (int i = 0; i < length; i++) {
      values[i] = Float.floatToFloat16((float) (Float.float16ToFloat(values[i]) * factor));
    }
    MemorySegment.copy(values, 0, target, SHORT, start * Short.BYTES, length);
  }
}
