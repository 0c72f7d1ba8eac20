package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.proto.StringStringEntryProto;
import dev.octet.ir.io.proto.TensorProto;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// [Tensor] to `TensorProto`: always raw data, for it is compact and needs no decoding; strings,
/// which have no raw form, as `string_data`. Large initializers may be put aside, to be written to
/// a file of their own.
final class TensorSink {
  private static final long ALIGNMENT = 4096;

  private final @Nullable String dataFile;
  private final long threshold;
  private final List<Aside> asides = new ArrayList<>();
  private long dataSize;

  /// @param dataFile file name that large initializers refer to; `null` to put none aside
  TensorSink(@Nullable String dataFile) {
    this(dataFile, ExternalData.DEFAULT_THRESHOLD);
  }

  /// @param dataFile file name that large initializers refer to; `null` to put none aside
  /// @param threshold bytes from which on an initializer is large
  TensorSink(@Nullable String dataFile, long threshold) {
    this.dataFile = dataFile;
    this.threshold = threshold;
  }

  /// Data to be written to the file beside the model.
  ///
  /// @param offset where in the file it starts
  record Aside(DenseTensor tensor, long offset) {}

  /// What was put aside, by rising offset.
  List<Aside> asides() {
    return asides;
  }

  /// Bytes put aside, without the gaps between them.
  long bytesAside() {
    return asides.stream().mapToLong(aside -> aside.tensor().byteSize()).sum();
  }

  /// Bytes of the file beside the model, gaps included.
  long dataSize() {
    return dataSize;
  }

  /// A tensor in the model itself, added to what `fields` hold.
  TensorProto encode(Tensor tensor, TensorProto fields) {
    TensorProto.Builder builder = header(tensor, fields);
    switch (tensor) {
      case DenseTensor dense -> builder.setRawData(bytes(dense));
      case StringTensor strings -> {
        for (OpaqueFields value : strings.values()) {
          builder.addStringData(ByteString.copyFrom(value.encoded()));
        }
      }
    }
    return builder.build();
  }

  /// An initializer, in the model or aside.
  TensorProto encodeInitializer(Tensor tensor, TensorProto fields) {
    if (dataFile == null
        || !(tensor instanceof DenseTensor dense)
        || tensor.byteSize() < threshold) {
      return encode(tensor, fields);
    }
    long offset = Math.ceilDiv(dataSize, ALIGNMENT) * ALIGNMENT;
    dataSize = offset + dense.byteSize();
    asides.add(new Aside(dense, offset));
    return header(tensor, fields)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", dataFile))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(dense.byteSize())))
        .build();
  }

  private static TensorProto.Builder header(Tensor tensor, TensorProto fields) {
    DataType dataType = tensor.dataType();
    return fields.toBuilder().addAllDims(tensor.dims()).setDataType(dataType.onnxNumber());
  }

  private static ByteString bytes(DenseTensor tensor) {
    return tensor.byteSize() == 0
        ? ByteString.EMPTY
        : UnsafeByteOperations.unsafeWrap(tensor.data().asByteBuffer());
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
