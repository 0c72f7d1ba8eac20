package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The integer grid of a quantize or dequantize call: element type and the codes allowed.
///
/// @param type ONNX element type of the codes
/// @param min smallest code the program uses
/// @param max largest code the program uses
record QuantizedGrid(DataType type, long min, long max) {

  /// The grid of codes `min` to `max` in the narrowest 8-bit type that holds them.
  ///
  /// @throws UnsupportedArgument when none does
  static QuantizedGrid holding(long min, long max) {
    if (min >= 0 && max <= 255) {
      return new QuantizedGrid(DataType.UINT8, min, max);
    }
    if (min >= -128 && max <= 127) {
      return new QuantizedGrid(DataType.INT8, min, max);
    }
    throw new UnsupportedArgument("codes from %d to %d fit no 8-bit type".formatted(min, max));
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
      case UINT8, UINT16 -> 0;
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      default -> throw new UnsupportedArgument("quantized element type " + type);
    };
  }

  /// Largest code of the type.
  long typeMax() {
    return switch (type) {
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

  /// Limits `input` to what the narrow grid can express, since `QuantizeLinear` saturates at the
  /// type's own bounds. The quotient of a limit and the scale rounds back to the limit's code.
  Value clipped(OnnxNodes onnx, Value input, float scale, long zeroPoint) {
    if (!isNarrow()) {
      return input;
    }
    return onnx.add(
        NodeSpec.of("Clip")
            .inputs(
                input,
                onnx.scalar(DataType.FLOAT, (float) (min - zeroPoint) * scale),
                onnx.scalar(DataType.FLOAT, (float) (max - zeroPoint) * scale)));
  }

  /// A tensor of codes of this type.
  DenseTensor codes(long[] values, long... dims) {
    int width = type.bits() / 8;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, width))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      switch (width) {
        case 1 -> bytes.put((byte) value);
        case 2 -> bytes.putShort((short) value);
        default -> bytes.putInt((int) value);
      }
    }
    return DenseTensor.ofBytes(type, bytes.array(), dims);
  }
}
