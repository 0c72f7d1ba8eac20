package dev.octet.ir.io;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.io.proto.TensorProto;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A tensor's numbers in the field that ONNX assigns to its element type (`float_data` and its
/// kin), for tensors that came that way. Two 4-bit numbers come in one `int32`.
///
/// Of such a tensor, the fields left over on reading hold the element type, and nothing else does:
/// it is the note that says so.
final class TypedFields {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TypedFields() {}

  /// Whether a tensor as read keeps its numbers in such a field.
  static boolean areUsedBy(TensorProto tensor) {
    return !tensor.hasRawData()
        && tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL
        && tensor.getDataType() != DataType.STRING.onnxNumber();
  }

  /// Whether a tensor of this type is to be written so.
  ///
  /// @param leftover fields left over on reading, perhaps of a tensor that is gone
  static boolean areNotedIn(TensorProto leftover, DataType type) {
    return leftover.hasDataType() && leftover.getDataType() == type.onnxNumber();
  }

  static void write(DenseTensor tensor, TensorProto.Builder target) {
    MemorySegment data = tensor.data();
    long size = data.byteSize();
    switch (tensor.dataType()) {
      case FLOAT, COMPLEX64 -> {
        for (long at = 0; at < size; at += Float.BYTES) {
          target.addFloatData(Float.intBitsToFloat(data.get(INT, at)));
        }
      }
      case DOUBLE, COMPLEX128 -> {
        for (long at = 0; at < size; at += Double.BYTES) {
          target.addDoubleData(Double.longBitsToDouble(data.get(LONG, at)));
        }
      }
      case INT64 -> {
        for (long at = 0; at < size; at += Long.BYTES) {
          target.addInt64Data(data.get(LONG, at));
        }
      }
      case UINT64 -> {
        for (long at = 0; at < size; at += Long.BYTES) {
          target.addUint64Data(data.get(LONG, at));
        }
      }
      case UINT32 -> {
        for (long at = 0; at < size; at += Integer.BYTES) {
          target.addUint64Data(Integer.toUnsignedLong(data.get(INT, at)));
        }
      }
      case INT32 -> {
        for (long at = 0; at < size; at += Integer.BYTES) {
          target.addInt32Data(data.get(INT, at));
        }
      }
      case INT16 -> {
        for (long at = 0; at < size; at += Short.BYTES) {
          target.addInt32Data(data.get(SHORT, at));
        }
      }
      case UINT16, FLOAT16, BFLOAT16 -> {
        for (long at = 0; at < size; at += Short.BYTES) {
          target.addInt32Data(Short.toUnsignedInt(data.get(SHORT, at)));
        }
      }
      case INT8 -> {
        for (long at = 0; at < size; at++) {
          target.addInt32Data(data.get(ValueLayout.JAVA_BYTE, at));
        }
      }
      case UINT8, BOOL, UINT4, INT4, FLOAT4E2M1 -> bytes(data, target);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 ->
          bytes(data, target);
      case STRING -> throw new IllegalArgumentException("strings are no numbers");
    }
  }

  private static void bytes(MemorySegment data, TensorProto.Builder target) {
    for (long at = 0; at < data.byteSize(); at++) {
      target.addInt32Data(Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at)));
    }
  }
}
