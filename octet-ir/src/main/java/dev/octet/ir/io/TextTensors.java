package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.TensorShapeProto;
import dev.octet.ir.io.proto.TypeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// Tensor data in text, `{1, 2.5, …}`: numbers are the elements' values, but for the float types of
/// 8 bits or less, whose bits are written as integers (two elements to a number at 4 bits).
final class TextTensors {
  private TextTensors() {}

  /// Parses `{…}` or `["location": …]` into a tensor of the given type.
  static TensorProto parse(TextScanner in, TypeProto type) {
    TypeProto.Tensor tensorType = type.getTensorType();
    DataType dataType =
        DataType.fromOnnx(tensorType.getElemType())
            .orElseThrow(() -> in.wrong("only a tensor has data"));
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(dataType.onnxNumber());
    for (TensorShapeProto.Dimension dim : tensorType.getShape().getDimList()) {
      if (!dim.hasDimValue()) {
        throw in.wrong("a tensor with data needs known dimensions");
      }
      tensor.addDims(dim.getDimValue());
    }
    if (in.matches("[")) {
      tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
      do {
        var entry = tensor.addExternalDataBuilder().setKey(in.string());
        in.expect(":");
        entry.setValue(in.string());
      } while (in.matches(","));
      in.expect("]");
      return tensor.build();
    }
    int count = parseElements(in, dataType, tensor);
    if (!tensorType.hasShape()) {
      tensor.addDims(count);
    }
    return tensor.build();
  }

  /// The elements as [#parse] reads them.
  static String print(Tensor tensor) {
    StringJoiner elements = new StringJoiner(", ", "{", "}");
    switch (tensor) {
      case StringTensor strings -> {
        for (OpaqueFields value : strings.values()) {
          elements.add(TextScanner.quoted(ByteString.copyFrom(value.encoded()).toStringUtf8()));
        }
      }
      case DenseTensor dense -> {
        long count =
            switch (dense.dataType()) {
              case COMPLEX64, COMPLEX128 -> 2 * dense.elementCount();
              case FLOAT4E2M1 -> dense.byteSize();
              default -> dense.elementCount();
            };
        for (long i = 0; i < count; i++) {
          elements.add(element(dense, i));
        }
      }
    }
    return elements.toString();
  }

  static String print(double number, String finite) {
    return Double.isNaN(number)
        ? "nan"
        : Double.isInfinite(number) ? (number > 0 ? "inf" : "-inf") : finite;
  }

  private static String element(DenseTensor tensor, long index) {
    return switch (tensor.dataType()) {
      case FLOAT, FLOAT16, BFLOAT16 -> {
        float value = (float) tensor.doubleAt(index);
        yield print(value, Float.toString(value));
      }
      case DOUBLE -> print(tensor.doubleAt(index), Double.toString(tensor.doubleAt(index)));
      case UINT64 -> Long.toUnsignedString(tensor.longAt(index));
      case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, BOOL, UINT4, INT4 ->
          Long.toString(tensor.longAt(index));
      case COMPLEX64 -> element(reals(tensor, DataType.FLOAT), index);
      case COMPLEX128 -> element(reals(tensor, DataType.DOUBLE), index);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0, FLOAT4E2M1 ->
          Integer.toString(
              Byte.toUnsignedInt(
                  tensor.data().get(java.lang.foreign.ValueLayout.JAVA_BYTE, index)));
      case STRING -> throw new IllegalArgumentException("strings are no dense tensor");
    };
  }

  private static DenseTensor reals(DenseTensor complex, DataType part) {
    return new DenseTensor(part, List.of(2 * complex.elementCount()), complex.data());
  }

  private static int parseElements(TextScanner in, DataType type, TensorProto.Builder tensor) {
    List<Integer> nibbles = new ArrayList<>();
    int count = 0;
    in.expect("{");
    while (!in.matches("}")) {
      if (count > 0) {
        in.expect(",");
      }
      count++;
      switch (type) {
        case FLOAT, COMPLEX64 -> tensor.addFloatData(in.real32(in.number()));
        case DOUBLE, COMPLEX128 -> tensor.addDoubleData(in.real(in.number()));
        case INT64 -> tensor.addInt64Data(in.integer());
        case UINT32, UINT64 -> tensor.addUint64Data(in.integer());
        case FLOAT16 -> tensor.addInt32Data(Float.floatToFloat16(in.real32(in.number())) & 0xFFFF);
        case BFLOAT16 -> tensor.addInt32Data(bfloat16(in.real32(in.number())));
        case INT32, INT16, INT8, UINT16, UINT8, BOOL -> tensor.addInt32Data(in.integer32());
        case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0, FLOAT4E2M1 ->
            tensor.addInt32Data(in.integer32());
        case UINT4, INT4 -> nibbles.add((int) in.integer() & 0xF);
        case STRING -> tensor.addStringData(ByteString.copyFromUtf8(in.string()));
      }
    }
    for (int i = 0; i < nibbles.size(); i += 2) {
      int high = i + 1 < nibbles.size() ? nibbles.get(i + 1) : 0;
      tensor.addInt32Data(nibbles.get(i) | high << 4);
    }
    return count;
  }

  /// Rounds half to even.
  private static int bfloat16(float value) {
    int bits = Float.floatToIntBits(value);
    if (Float.isNaN(value)) {
      return bits >>> 16;
    }
    return (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
  }
}
