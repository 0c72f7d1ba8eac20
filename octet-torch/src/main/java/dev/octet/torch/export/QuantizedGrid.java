package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// The integer grid of a quantize or dequantize call: element type and the codes allowed.
///
/// @param type ONNX element type of the codes
/// @param min smallest code the program uses
/// @param max largest code the program uses
record QuantizedGrid(DataType type, long min, long max) {

  /// The grid of codes `min` to `max` in the narrowest type of 8 or 16 bits that holds them.
  ///
  /// @throws UnsupportedArgument when none does
  static QuantizedGrid holding(long min, long max) {
    if (min >= 0 && max <= 255) {
      return new QuantizedGrid(DataType.UINT8, min, max);
    }
    if (min >= -128 && max <= 127) {
      return new QuantizedGrid(DataType.INT8, min, max);
    }
    if (min >= Short.MIN_VALUE && max <= Short.MAX_VALUE) {
      return new QuantizedGrid(DataType.INT16, min, max);
    }
    if (min >= 0 && max <= 65535) {
      return new QuantizedGrid(DataType.UINT16, min, max);
    }
    throw new UnsupportedArgument("codes from %d to %d fit no 16-bit type".formatted(min, max));
  }

  /// The part of this type's grid that lies between two codes.
  QuantizedGrid within(long smallest, long largest) {
    long lower = Math.max(smallest, typeMin());
    long upper = Math.min(largest, typeMax());
    return new QuantizedGrid(type, lower, upper);
  }

  /// Smallest code of the type.
  long typeMin() {
    return switch (type) {
      case UINT4, UINT8, UINT16 -> 0;
      case INT4 -> -8;
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      default -> throw new UnsupportedArgument("quantized element type " + type);
    };
  }

  /// Largest code of the type.
  long typeMax() {
    return switch (type) {
      case INT4 -> 7;
      case UINT4 -> 15;
      case UINT8 -> 255;
      case UINT16 -> 65535;
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      default -> throw new UnsupportedArgument("quantized element type " + type);
    };
  }

  /// Whether the program uses fewer codes than the type has.
  boolean isNarrow() {
    return min > typeMin() || max < typeMax();
  }

  /// This grid in the 4-bit type that holds it, if one does.
  Optional<QuantizedGrid> inFourBits() {
    if (min >= -8 && max <= 7) {
      return Optional.of(new QuantizedGrid(DataType.INT4, min, max));
    }
    return min >= 0 && max <= 15
        ? Optional.of(new QuantizedGrid(DataType.UINT4, min, max))
        : Optional.empty();
  }

  /// Whether all of these are codes of the grid.
  boolean holds(long[] codes) {
    return Arrays.stream(codes).allMatch(code -> code >= min && code <= max);
  }

  /// The same codes in this type.
  DenseTensor codes(DenseTensor codes) {
    long[] dims = codes.dims().stream().mapToLong(Long::longValue).toArray();
    return codes(Quantization.integers(codes), dims);
  }

  /// A tensor of codes of this type.
  DenseTensor codes(long[] values, long... dims) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.byteSize(values.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      switch (type.bits()) {
        case 4 -> bytes.put(i / 2, (byte) (bytes.get(i / 2) | (values[i] & 0xF) << (i % 2 * 4)));
        case 8 -> bytes.put((byte) values[i]);
        case 16 -> bytes.putShort((short) values[i]);
        default -> bytes.putInt((int) values[i]);
      }
    }
    return DenseTensor.ofBytes(type, bytes.array(), dims);
  }
}
