package dev.octet.ir;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Element types of tensors, with ONNX's own numbers (`TensorProto.DataType`).
public enum DataType {
  FLOAT(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  UINT16(4, 16),
  INT16(5, 16),
  INT32(6, 32),
  INT64(7, 64),
  STRING(8, 0),
  BOOL(9, 8),
  FLOAT16(10, 16),
  DOUBLE(11, 64),
  UINT32(12, 32),
  UINT64(13, 64),
  COMPLEX64(14, 64),
  COMPLEX128(15, 128),
  BFLOAT16(16, 16),
  FLOAT8E4M3FN(17, 8),
  FLOAT8E4M3FNUZ(18, 8),
  FLOAT8E5M2(19, 8),
  FLOAT8E5M2FNUZ(20, 8),
  UINT4(21, 4),
  INT4(22, 4),
  FLOAT4E2M1(23, 4),
  FLOAT8E8M0(24, 8);

  private static final @Nullable DataType[] BY_NUMBER = new DataType[25];

  static {
    for (DataType type : values()) {
      BY_NUMBER[type.onnxNumber] = type;
    }
  }

  private final int onnxNumber;
  private final int bits;

  DataType(int onnxNumber, int bits) {
    this.onnxNumber = onnxNumber;
    this.bits = bits;
  }

  /// The type ONNX gives this number, empty for 0 (undefined) and numbers this version does not
  /// know.
  public static Optional<DataType> fromOnnx(int number) {
    return number > 0 && number < BY_NUMBER.length
        ? Optional.ofNullable(BY_NUMBER[number])
        : Optional.empty();
  }

  /// `TensorProto.DataType` number.
  public int onnxNumber() {
    return onnxNumber;
  }

  /// Bits one element takes when stored densely; 0 for [#STRING], whose elements vary in size.
  public int bits() {
    return bits;
  }

  /// Bytes that `elements` elements take when stored densely; 4-bit types pack two to a byte.
  public long byteSize(long elements) {
    return Math.ceilDiv(Math.multiplyExact(elements, bits), 8L);
  }

  /// Whether this is a floating-point type of any width.
  public boolean isFloat() {
    return switch (this) {
      case FLOAT, FLOAT16, DOUBLE, BFLOAT16 -> true;
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0 -> true;
      case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64, UINT4, INT4 -> false;
      case STRING, BOOL, COMPLEX64, COMPLEX128 -> false;
    };
  }

  /// Whether this is a signed or unsigned integer type of any width; [#BOOL] is not.
  public boolean isInteger() {
    return switch (this) {
      case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64, UINT4, INT4 -> true;
      case FLOAT, FLOAT16, DOUBLE, BFLOAT16 -> false;
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0 ->
          false;
      case STRING, BOOL, COMPLEX64, COMPLEX128 -> false;
    };
  }
}
