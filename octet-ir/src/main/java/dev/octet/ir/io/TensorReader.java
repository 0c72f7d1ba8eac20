package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.proto.TensorProto;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Function;

/// `TensorProto` to [Tensor]. Raw and external data is referred to, never copied; data in typed
/// fields (`float_data` and its kin) is decoded into one array of raw bytes.
final class TensorReader {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Where tensors come from.
  enum Origin {
    /// A file, whose fields are noted.
    FILE,
    /// A text, which has no fields: its numbers are written like any others.
    TEXT
  }

  private final Origin origin;
  private final Source source;
  private final Function<ByteString, MemorySegment> rawData;
  private final ExternalFiles external;

  /// @param rawData what the content of a `raw_data` field stands for
  TensorReader(
      Origin origin,
      Source source,
      Function<ByteString, MemorySegment> rawData,
      ExternalFiles external) {
    this.origin = origin;
    this.source = source;
    this.rawData = rawData;
    this.external = external;
  }

  /// @param part the tensor's name for messages
  Tensor read(TensorProto tensor, String part) {
    DataType dataType =
        DataType.fromOnnx(tensor.getDataType())
            .orElseThrow(
                () ->
                    source.badPart(
                        "tensor-type-unknown",
                        part,
                        "element type number " + tensor.getDataType() + " is not known",
                        "use a newer Octet, or export with a standard element type"));
    long elements = elementCount(tensor, part);
    if (dataType == DataType.STRING) {
      return strings(tensor, elements, part);
    }
    long size = byteSize(dataType, elements, part);
    MemorySegment data;
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      data = external.data(tensor, size, part);
    } else if (tensor.hasRawData()) {
      data = rawData.apply(tensor.getRawData());
    } else {
      data = typed(tensor, dataType, size, part);
    }
    if (data.byteSize() != size) {
      throw wrongSize(tensor, dataType, size + " bytes", data.byteSize() + "", part);
    }
    return new DenseTensor(dataType, tensor.getDimsList(), data);
  }

  /// Whether a tensor holds one segment of its elements only, which nothing here interprets.
  boolean isPartial(TensorProto tensor, String part) {
    return tensor.hasSegment()
        && (tensor.getSegment().getBegin() != 0
            || tensor.getSegment().getEnd() != elementCount(tensor, part));
  }

  /// A message as it is in the file, with its data inside, to be passed through.
  TensorProto whole(TensorProto tensor, String part) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      MemorySegment data = external.data(tensor, segmentSize(tensor, part), part);
      return tensor.toBuilder()
          .clearExternalData()
          .clearDataLocation()
          .setRawData(copyOf(data))
          .build();
    }
    return tensor.hasRawData()
        ? tensor.toBuilder().setRawData(copyOf(rawData.apply(tensor.getRawData()))).build()
        : tensor;
  }

  /// Bytes of the elements a segment names.
  private long segmentSize(TensorProto tensor, String part) {
    long elements = tensor.getSegment().getEnd() - tensor.getSegment().getBegin();
    return DataType.fromOnnx(tensor.getDataType())
        .filter(type -> type != DataType.STRING && elements >= 0)
        .map(type -> byteSize(type, elements, part))
        .orElseThrow(
            () ->
                source.badPart(
                    "tensor-segmented",
                    part,
                    "holds a part of its data, of " + elements + " elements, in another file",
                    "export it in one piece"));
  }

  private static ByteString copyOf(MemorySegment data) {
    return ByteString.copyFrom(data.toArray(ValueLayout.JAVA_BYTE));
  }

  /// The fields that [#read] does not interpret, the name aside; and a note where the numbers were,
  /// see [TypedFields].
  TensorProto leftover(TensorProto tensor) {
    TensorProto.Builder rest = tensor.toBuilder();
    if (origin == Origin.TEXT || !TypedFields.areUsedBy(tensor)) {
      rest.clearDataType();
    }
    // Said, though it is so anyway.
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      rest.clearDataLocation();
    }
    return rest.clearDims()
        .clearName()
        .clearRawData()
        .clearFloatData()
        .clearInt32Data()
        .clearInt64Data()
        .clearDoubleData()
        .clearUint64Data()
        .clearStringData()
        .clearExternalData()
        .build();
  }

  private long elementCount(TensorProto tensor, String part) {
    long elements = 1;
    try {
      for (long dim : tensor.getDimsList()) {
        if (dim < 0) {
          throw source.badPart("tensor-dims", part, "dimension " + dim + " is negative", "");
        }
        elements = Math.multiplyExact(elements, dim);
      }
    } catch (ArithmeticException e) {
      throw tooLarge(tensor, part);
    }
    return elements;
  }

  private long byteSize(DataType dataType, long elements, String part) {
    try {
      return dataType.byteSize(elements);
    } catch (ArithmeticException e) {
      throw source.badPart(
          "tensor-dims", part, elements + " elements are more than any file could hold", "");
    }
  }

  private Tensor strings(TensorProto tensor, long elements, String part) {
    if (tensor.getStringDataCount() != elements) {
      throw wrongSize(
          tensor, DataType.STRING, elements + " strings", tensor.getStringDataCount() + "", part);
    }
    List<OpaqueFields> values =
        tensor.getStringDataList().stream()
            .map(ByteString::toByteArray)
            .map(OpaqueFields::of)
            .toList();
    return new StringTensor(tensor.getDimsList(), values);
  }

  /// Data from the typed field that ONNX assigns to the element type; 4-bit types come two to an
  /// `int32`.
  private MemorySegment typed(TensorProto tensor, DataType dataType, long size, String part) {
    int count =
        switch (dataType) {
          case FLOAT, COMPLEX64 -> tensor.getFloatDataCount();
          case DOUBLE, COMPLEX128 -> tensor.getDoubleDataCount();
          case INT64 -> tensor.getInt64DataCount();
          case UINT32, UINT64 -> tensor.getUint64DataCount();
          case INT32, INT16, INT8, UINT16, UINT8, BOOL, FLOAT16, BFLOAT16 ->
              tensor.getInt32DataCount();
          case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 ->
              tensor.getInt32DataCount();
          case UINT4, INT4, FLOAT4E2M1 -> tensor.getInt32DataCount();
          case STRING -> throw new IllegalArgumentException("strings have no fixed size");
        };
    int width =
        switch (dataType) {
          case DOUBLE, COMPLEX128, INT64, UINT64 -> 8;
          case FLOAT, COMPLEX64, INT32, UINT32 -> 4;
          case INT16, UINT16, FLOAT16, BFLOAT16 -> 2;
          case INT8, UINT8, BOOL, UINT4, INT4 -> 1;
          case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 -> 1;
          case FLOAT4E2M1, STRING -> 1;
        };
    if ((long) count * width != size || size > Integer.MAX_VALUE - 8) {
      throw wrongSize(tensor, dataType, size / width + " numbers", count + "", part);
    }
    MemorySegment data = MemorySegment.ofArray(new byte[(int) size]);
    for (int i = 0; i < count; i++) {
      switch (dataType) {
        case FLOAT, COMPLEX64 ->
            data.setAtIndex(INT, i, Float.floatToRawIntBits(tensor.getFloatData(i)));
        case DOUBLE, COMPLEX128 ->
            data.setAtIndex(LONG, i, Double.doubleToRawLongBits(tensor.getDoubleData(i)));
        case INT64 -> data.setAtIndex(LONG, i, tensor.getInt64Data(i));
        case UINT64 -> data.setAtIndex(LONG, i, tensor.getUint64Data(i));
        case UINT32 -> data.setAtIndex(INT, i, (int) tensor.getUint64Data(i));
        case INT32 -> data.setAtIndex(INT, i, tensor.getInt32Data(i));
        case INT16, UINT16, FLOAT16, BFLOAT16 ->
            data.setAtIndex(SHORT, i, (short) tensor.getInt32Data(i));
        case INT8, UINT8, BOOL, UINT4, INT4, FLOAT4E2M1 ->
            data.set(ValueLayout.JAVA_BYTE, i, (byte) tensor.getInt32Data(i));
        case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 ->
            data.set(ValueLayout.JAVA_BYTE, i, (byte) tensor.getInt32Data(i));
        case STRING -> throw new IllegalArgumentException("strings have no fixed size");
      }
    }
    return data;
  }

  private OctetException wrongSize(
      TensorProto tensor, DataType dataType, String expected, String found, String part) {
    return source.badPart(
        "tensor-size",
        part,
        dataType + tensor.getDimsList().toString() + " takes " + expected + ", found " + found,
        "the file may be truncated or edited; export it again");
  }

  private OctetException tooLarge(TensorProto tensor, String part) {
    return source.badPart(
        "tensor-dims",
        part,
        "dimensions " + tensor.getDimsList() + " are more than any file could hold",
        "");
  }
}
