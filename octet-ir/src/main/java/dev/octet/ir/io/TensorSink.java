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
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// [Tensor] to `TensorProto`: raw data, for it is compact and needs no decoding, unless the tensor
/// was read from a typed field; strings, which have no raw form, as `string_data`. Large
/// initializers may be put aside, to be written to
/// files of their own; other data may be lifted out, as [WeightLift] does on reading, to be copied
/// straight to where the message goes.
final class TensorSink {
  private static final long ALIGNMENT = 4096;

  /// Of vectors and scalars that may decide shapes.
  private static final long MOST_SIZES = 1024;

  private static final long MOST_FACTORS = 16;

  private static final int LONGEST_NAME = 120;

  private final @Nullable ExternalData external;
  private final @Nullable List<MemorySegment> lifted;
  private final List<Aside> asides = new ArrayList<>();
  private final Set<String> fileNames = new HashSet<>();
  private long endOfFile;

  private TensorSink(@Nullable ExternalData external, @Nullable List<MemorySegment> lifted) {
    this.external = external;
    this.lifted = lifted;
  }

  /// All data stays in the messages.
  static TensorSink whole() {
    return new TensorSink(null, null);
  }

  /// All data goes into the model, and is lifted out of the messages until it is written.
  static TensorSink intoModel() {
    return new TensorSink(null, new ArrayList<>());
  }

  /// Large initializers are put aside, all other data is lifted out.
  static TensorSink beside(ExternalData external) {
    return new TensorSink(external, new ArrayList<>());
  }

  /// Data to be written to a file beside the model.
  ///
  /// @param file its plain name
  /// @param offset where in the file it starts
  record Aside(DenseTensor tensor, String file, long offset) {}

  /// What was put aside, in the order of files, and in each by rising offset.
  List<Aside> asides() {
    return asides;
  }

  /// What was lifted out of the messages, by index.
  List<MemorySegment> lifted() {
    return lifted == null ? List.of() : lifted;
  }

  /// Bytes put aside, without the gaps between them.
  long bytesAside() {
    return asides.stream().mapToLong(aside -> aside.tensor().byteSize()).sum();
  }

  /// Bytes of the files beside the model, gaps included.
  long bytesOfFiles() {
    return external != null && external.files() == ExternalData.Files.ONE
        ? endOfFile
        : bytesAside();
  }

  /// A tensor in the model itself, added to what `fields` hold.
  TensorProto encode(Tensor tensor, TensorProto fields) {
    TensorProto.Builder builder = header(tensor, fields);
    switch (tensor) {
      case DenseTensor dense -> {
        if (TypedFields.areNotedIn(fields, dense.dataType())) {
          TypedFields.write(dense, builder);
        } else {
          builder.setRawData(bytes(dense));
        }
      }
      case StringTensor strings -> {
        for (OpaqueFields value : strings.values()) {
          builder.addStringData(ByteString.copyFrom(value.encoded()));
        }
      }
    }
    return builder.build();
  }

  /// A tensor that is passed on as it was read.
  TensorProto passOn(TensorProto tensor) {
    if (lifted == null || !tensor.hasRawData()) {
      return tensor;
    }
    return tensor.toBuilder()
        .setRawData(lift(MemorySegment.ofBuffer(tensor.getRawData().asReadOnlyByteBuffer())))
        .build();
  }

  /// An initializer, in the model or aside.
  TensorProto encodeInitializer(Tensor tensor, TensorProto fields) {
    if (external == null
        || !(tensor instanceof DenseTensor dense)
        || tensor.byteSize() < external.threshold()
        || mayDecideShapes(dense)) {
      return encode(tensor, fields);
    }
    Aside aside = aside(dense, external, fields.getName());
    asides.add(aside);
    TensorProto.Builder builder = header(tensor, fields);
    refer(builder, aside.file(), aside.offset(), dense.byteSize());
    return builder.build();
  }

  /// Makes a tensor's data some bytes of a file beside the model.
  static void refer(TensorProto.Builder tensor, String fileName, long offset, long length) {
    tensor
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", fileName))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)));
  }

  private Aside aside(DenseTensor tensor, ExternalData place, String name) {
    return switch (place.files()) {
      case ONE -> {
        long offset = Math.ceilDiv(endOfFile, ALIGNMENT) * ALIGNMENT;
        endOfFile = offset + tensor.byteSize();
        yield new Aside(tensor, place.fileName(), offset);
      }
      case EACH_TENSOR -> new Aside(tensor, fileFor(place.fileName(), name), 0);
    };
  }

  /// A name any file system takes, like no other even where case does not count.
  private String fileFor(String prefix, String tensor) {
    String plain = tensor.replaceAll("[^A-Za-z0-9_.-]", "_");
    String name = prefix + "." + plain.substring(Math.max(0, plain.length() - LONGEST_NAME));
    String unique = name;
    for (int copy = 2; !fileNames.add(unique.toLowerCase(Locale.ROOT)); copy++) {
      unique = name + "." + copy;
    }
    return unique;
  }

  /// ONNX Runtime reads no shape, axes or scales from outside the model.
  private static boolean mayDecideShapes(DenseTensor tensor) {
    long most = tensor.dataType() == DataType.INT64 ? MOST_SIZES : MOST_FACTORS;
    return tensor.dims().size() <= 1 && tensor.elementCount() <= most;
  }

  private static TensorProto.Builder header(Tensor tensor, TensorProto fields) {
    DataType dataType = tensor.dataType();
    return fields.toBuilder().addAllDims(tensor.dims()).setDataType(dataType.onnxNumber());
  }

  private ByteString bytes(DenseTensor tensor) {
    if (lifted != null) {
      return lift(tensor.data());
    }
    return tensor.byteSize() == 0
        ? ByteString.EMPTY
        : UnsafeByteOperations.unsafeWrap(tensor.data().asByteBuffer());
  }

  /// What stands for data in a message it is lifted out of.
  private ByteString lift(MemorySegment data) {
    List<MemorySegment> weights = Objects.requireNonNull(lifted);
    weights.add(data);
    return ByteString.copyFrom(WeightLift.index(weights.size() - 1));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
