package dev.octet.numeric;

/// Element types a tensor can be quantized to, with ONNX's own numbers (`TensorProto.DataType`).
/// [#INT32] is the type of biases only: it has no grid of its own. The codes of [#FLOAT8E4M3FN]
/// are numbers themselves, unevenly spaced (see [Float8]); its zero point is 0.
public enum QuantType {
  UINT8(2, 8, false),
  INT8(3, 8, true),
  UINT16(4, 16, false),
  INT16(5, 16, true),
  UINT4(21, 4, false),
  INT4(22, 4, true),
  FLOAT8E4M3FN(17, 8, true),
  INT32(6, 32, true);

  private final int onnxNumber;
  private final int bits;
  private final boolean signed;

  QuantType(int onnxNumber, int bits, boolean signed) {
    this.onnxNumber = onnxNumber;
    this.bits = bits;
    this.signed = signed;
  }

  /// `TensorProto.DataType` number.
  public int onnxNumber() {
    return onnxNumber;
  }

  /// Bits one code takes when stored densely; 4-bit types pack two to a byte.
  public int bits() {
    return bits;
  }

  public boolean isSigned() {
    return signed;
  }

  /// Whether codes are floating-point numbers.
  public boolean isFloat() {
    return this == FLOAT8E4M3FN;
  }

  /// Smallest code the type can store, as a number.
  public int qmin() {
    return this == FLOAT8E4M3FN ? -Float8.LARGEST : signed ? -1 << (bits - 1) : 0;
  }

  /// Largest code the type can store, as a number.
  public int qmax() {
    return this == FLOAT8E4M3FN ? Float8.LARGEST : signed ? ~(-1 << (bits - 1)) : (1 << bits) - 1;
  }

  /// Every code the type can store. Quantized values are clipped to this, whatever codes their
  /// scale was chosen for.
  public CodeRange codes() {
    return new CodeRange(qmin(), qmax());
  }

  /// The codes a scale is chosen for. As in ONNX Runtime: [CodeSpan#REDUCED] wins over symmetry,
  /// symmetric int8 and int16 leave the lowest code out, symmetric int4 does not.
  public CodeRange codes(Symmetry symmetry, CodeSpan span) {
    return switch (span) {
      case REDUCED -> reducedCodes();
      case FULL ->
          symmetry == Symmetry.SYMMETRIC && (this == INT8 || this == INT16)
              ? new CodeRange(-qmax(), qmax())
              : codes();
    };
  }

  /// Bytes that `count` codes take in an ONNX tensor's raw data.
  public long byteSize(long count) {
    return Math.ceilDiv(Math.multiplyExact(count, bits), 8L);
  }

  private CodeRange reducedCodes() {
    return switch (this) {
      case UINT8 -> new CodeRange(0, 127);
      case INT8 -> new CodeRange(-64, 64);
      case UINT16 -> new CodeRange(0, 32767);
      case INT16 -> new CodeRange(-16384, 16384);
      case UINT4 -> new CodeRange(0, 7);
      case INT4 -> new CodeRange(-4, 3);
      case FLOAT8E4M3FN -> throw new IllegalArgumentException("float8 has no reduced range");
      case INT32 -> throw new IllegalArgumentException("int32 has no reduced range");
    };
  }
}
