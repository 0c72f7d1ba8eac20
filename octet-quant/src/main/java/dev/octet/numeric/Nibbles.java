package dev.octet.numeric;

/// Packs 4-bit codes as ONNX stores them: two to a byte, the first in the low nibble; an odd last
/// code leaves the high nibble 0.
public final class Nibbles {
  private Nibbles() {}

  /// Two codes a byte.
  ///
  /// @param codes one code a byte; only the low nibble counts
  /// @return `ceil(codes.length / 2)` bytes
  public static byte[] pack(byte[] codes) {
    byte[] packed = new byte[Math.ceilDiv(codes.length, 2)];
    for (int i = 0; i < codes.length; i++) {
      packed[i >> 1] |= (byte) ((codes[i] & 0xF) << ((i & 1) << 2));
    }
    return packed;
  }

  /// One code a byte.
  ///
  /// @param count number of codes, which the packed form alone does not tell
  /// @param type [QuantType#INT4] extends the sign, [QuantType#UINT4] does not
  /// @return one code a byte
  public static byte[] unpack(byte[] packed, int count, QuantType type) {
    if (type.bits() != 4) {
      throw new IllegalArgumentException(type + " codes are not packed by nibbles");
    }
    if (packed.length != Math.ceilDiv(count, 2)) {
      throw new IllegalArgumentException(packed.length + " bytes for " + count + " nibbles");
    }
    byte[] codes = new byte[count];
    int sign = type.isSigned() ? 8 : 0;
    for (int i = 0; i < count; i++) {
      int nibble = (packed[i >> 1] >> ((i & 1) << 2)) & 0xF;
      codes[i] = (byte) ((nibble ^ sign) - sign);
    }
    return codes;
  }
}
