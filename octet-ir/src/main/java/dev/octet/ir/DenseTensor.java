package dev.octet.ir;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// A tensor of fixed-size elements: little-endian, row-major, without gaps. Four-bit types pack two
/// elements to a byte, the first in the low nibble.
///
/// The bytes may lie on the heap, in native memory or in a mapped file; the tensor keeps them
/// reachable but does not own them.
///
/// @param dataType element type, never [DataType#STRING]
/// @param dims outermost first
/// @param data exactly as many bytes as the elements take; read-only
public record DenseTensor(DataType dataType, List<Long> dims, MemorySegment data)
    implements Tensor {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// @throws IllegalArgumentException when `data` has another size than type and dims ask for
  public DenseTensor {
    dims = List.copyOf(dims);
    long expected = dataType.byteSize(dims.stream().reduce(1L, Math::multiplyExact));
    if (dataType == DataType.STRING || data.byteSize() != expected) {
      throw new IllegalArgumentException(
          dataType.name() + dims + " takes " + expected + " bytes, not " + data.byteSize());
    }
    data = data.asReadOnly();
  }

  /// A FLOAT tensor holding a copy of `values`.
  public static DenseTensor ofFloats(float[] values, long... dims) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, 4)];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    MemorySegment.copy(values, 0, segment, FLOAT, 0, values.length);
    return new DenseTensor(DataType.FLOAT, boxed(dims), segment);
  }

  /// An INT64 tensor holding a copy of `values`.
  public static DenseTensor ofLongs(long[] values, long... dims) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, 8)];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    MemorySegment.copy(values, 0, segment, LONG, 0, values.length);
    return new DenseTensor(DataType.INT64, boxed(dims), segment);
  }

  /// An INT32 tensor holding a copy of `values`.
  public static DenseTensor ofInts(int[] values, long... dims) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, 4)];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    MemorySegment.copy(values, 0, segment, INT, 0, values.length);
    return new DenseTensor(DataType.INT32, boxed(dims), segment);
  }

  /// A tensor of any fixed-size type over a copy of its raw bytes.
  public static DenseTensor ofBytes(DataType dataType, byte[] bytes, long... dims) {
    return new DenseTensor(dataType, boxed(dims), MemorySegment.ofArray(bytes.clone()));
  }

  /// A FLOAT scalar (no dimensions).
  public static DenseTensor scalar(float value) {
    return ofFloats(new float[] {value});
  }

  /// An INT64 scalar (no dimensions).
  public static DenseTensor scalar(long value) {
    return ofLongs(new long[] {value});
  }

  @Override
  public long byteSize() {
    return data.byteSize();
  }

  /// The elements of a FLOAT tensor as a fresh array.
  ///
  /// @throws IllegalStateException when the element type is another
  public float[] toFloatArray() {
    require(DataType.FLOAT);
    float[] values = new float[Math.toIntExact(elementCount())];
    MemorySegment.copy(data, FLOAT, 0, values, 0, values.length);
    return values;
  }

  /// The elements of an INT64 tensor as a fresh array.
  ///
  /// @throws IllegalStateException when the element type is another
  public long[] toLongArray() {
    require(DataType.INT64);
    long[] values = new long[Math.toIntExact(elementCount())];
    MemorySegment.copy(data, LONG, 0, values, 0, values.length);
    return values;
  }

  /// The elements of an INT32 tensor as a fresh array.
  ///
  /// @throws IllegalStateException when the element type is another
  public int[] toIntArray() {
    require(DataType.INT32);
    int[] values = new int[Math.toIntExact(elementCount())];
    MemorySegment.copy(data, INT, 0, values, 0, values.length);
    return values;
  }

  /// Element `index` of a floating-point tensor (16, 32 or 64 bits), widened exactly.
  ///
  /// @throws IllegalStateException when the elements are not such floats
  public double doubleAt(long index) {
    return switch (dataType) {
      case FLOAT -> data.getAtIndex(FLOAT, index);
      case DOUBLE -> data.getAtIndex(DOUBLE, index);
      case FLOAT16 -> Float.float16ToFloat(data.getAtIndex(SHORT, index));
      case BFLOAT16 -> Float.intBitsToFloat(data.getAtIndex(SHORT, index) << 16);
      default -> throw new IllegalStateException(dataType + " holds no plain floats");
    };
  }

  /// Element `index` of an integer or BOOL tensor, as a number. UINT64 values above
  /// [Long#MAX_VALUE] come out negative.
  ///
  /// @throws IllegalStateException when the elements are not integers
  public long longAt(long index) {
    return switch (dataType) {
      case INT8 -> data.get(ValueLayout.JAVA_BYTE, index);
      case UINT8, BOOL -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, index));
      case INT16 -> data.getAtIndex(SHORT, index);
      case UINT16 -> Short.toUnsignedLong(data.getAtIndex(SHORT, index));
      case INT32 -> data.getAtIndex(INT, index);
      case UINT32 -> Integer.toUnsignedLong(data.getAtIndex(INT, index));
      case INT64, UINT64 -> data.getAtIndex(LONG, index);
      case UINT4 -> nibble(index);
      case INT4 -> (nibble(index) << 60) >> 60;
      default -> throw new IllegalStateException(dataType + " holds no integers");
    };
  }

  /// Equal when type, dimensions and every byte are equal.
  @Override
  public boolean equals(Object other) {
    return other instanceof DenseTensor tensor
        && dataType == tensor.dataType
        && dims.equals(tensor.dims)
        && data.mismatch(tensor.data) == -1;
  }

  /// Looks at type and dimensions only, so that hashing large weights is cheap.
  @Override
  public int hashCode() {
    return 31 * dataType.hashCode() + dims.hashCode();
  }

  @Override
  public String toString() {
    return dataType + dims.toString();
  }

  private long nibble(long index) {
    int pair = data.get(ValueLayout.JAVA_BYTE, index / 2);
    return (index % 2 == 0 ? pair : pair >> 4) & 0xFL;
  }

  private void require(DataType expected) {
    if (dataType != expected) {
      throw new IllegalStateException("a " + dataType + " tensor holds no " + expected);
    }
  }

  private static List<Long> boxed(long[] dims) {
    return Arrays.stream(dims).boxed().toList();
  }
}
