package dev.octet.torch.graph;

import dev.octet.ir.DataType;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Element types of PyTorch tensors with their three numberings: the one of torch.export's JSON,
/// c10's (`ScalarType` in C++, which operators take as `int`), and ONNX's.
public enum TorchDtype {
  UINT8(1, 0, "uint8", 1, DataType.UINT8),
  INT8(2, 1, "int8", 1, DataType.INT8),
  INT16(3, 2, "int16", 2, DataType.INT16),
  INT32(4, 3, "int32", 4, DataType.INT32),
  INT64(5, 4, "int64", 8, DataType.INT64),
  FLOAT16(6, 5, "float16", 2, DataType.FLOAT16),
  FLOAT32(7, 6, "float32", 4, DataType.FLOAT),
  FLOAT64(8, 7, "float64", 8, DataType.DOUBLE),
  COMPLEX32(9, 8, "complex32", 4, null),
  COMPLEX64(10, 9, "complex64", 8, DataType.COMPLEX64),
  COMPLEX128(11, 10, "complex128", 16, DataType.COMPLEX128),
  BOOL(12, 11, "bool", 1, DataType.BOOL),
  BFLOAT16(13, 15, "bfloat16", 2, DataType.BFLOAT16),
  UINT16(28, 27, "uint16", 2, DataType.UINT16),
  FLOAT8_E4M3FN(29, 24, "float8_e4m3fn", 1, DataType.FLOAT8E4M3FN),
  FLOAT8_E5M2(30, 23, "float8_e5m2", 1, DataType.FLOAT8E5M2),
  FLOAT8_E4M3FNUZ(31, 26, "float8_e4m3fnuz", 1, DataType.FLOAT8E4M3FNUZ),
  FLOAT8_E5M2FNUZ(32, 25, "float8_e5m2fnuz", 1, DataType.FLOAT8E5M2FNUZ),
  FLOAT8_E8M0FNU(33, 44, "float8_e8m0fnu", 1, DataType.FLOAT8E8M0),
  UINT32(34, 28, "uint32", 4, DataType.UINT32),
  UINT64(35, 29, "uint64", 8, DataType.UINT64);

  private final int jsonNumber;
  private final int c10Number;
  private final String torchName;
  private final int bytes;
  private final @Nullable DataType onnx;

  TorchDtype(int jsonNumber, int c10Number, String torchName, int bytes, @Nullable DataType onnx) {
    this.jsonNumber = jsonNumber;
    this.c10Number = c10Number;
    this.torchName = torchName;
    this.bytes = bytes;
    this.onnx = onnx;
  }

  /// The type torch.export's JSON gives this number; empty for 0 (unknown) and numbers added since.
  public static Optional<TorchDtype> fromJson(long number) {
    return Arrays.stream(values()).filter(type -> type.jsonNumber == number).findFirst();
  }

  /// The type c10 gives this number.
  public static Optional<TorchDtype> fromC10(int number) {
    return Arrays.stream(values()).filter(type -> type.c10Number == number).findFirst();
  }

  /// The type an ONNX tensor of this type becomes; empty for strings and 4-bit types.
  public static Optional<TorchDtype> fromOnnx(DataType dataType) {
    return Arrays.stream(values()).filter(type -> type.onnx == dataType).findFirst();
  }

  /// Number in torch.export's JSON.
  public int jsonNumber() {
    return jsonNumber;
  }

  /// Number in c10, as operators called by name expect it.
  public int c10Number() {
    return c10Number;
  }

  /// Python's name without `torch.`, such as `float32`.
  public String torchName() {
    return torchName;
  }

  /// Bytes of one element.
  public int bytes() {
    return bytes;
  }

  /// The ONNX element type; empty for `complex32`, which ONNX lacks.
  public Optional<DataType> onnx() {
    return Optional.ofNullable(onnx);
  }

  /// Whether this is a real floating-point type of any width.
  public boolean isFloat() {
    return onnx != null && onnx.isFloat();
  }

  /// Whether this is a signed or unsigned integer type; [#BOOL] is not.
  public boolean isInteger() {
    return onnx != null && onnx.isInteger();
  }

  /// Whether this is a complex type.
  public boolean isComplex() {
    return this == COMPLEX32 || this == COMPLEX64 || this == COMPLEX128;
  }

  /// The type of a complex number's real and imaginary part; a real type itself.
  public TorchDtype part() {
    return switch (this) {
      case COMPLEX32 -> FLOAT16;
      case COMPLEX64 -> FLOAT32;
      case COMPLEX128 -> FLOAT64;
      default -> this;
    };
  }

  @Override
  public String toString() {
    return torchName;
  }
}
