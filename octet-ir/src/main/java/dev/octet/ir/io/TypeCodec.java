package dev.octet.ir.io;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.TensorShapeProto;
import dev.octet.ir.io.proto.TypeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `TypeProto` to [ValueType] and back. What [#decode] does not understand (denotations, opaque
/// types, element types of newer formats) it leaves out; [#isFaithful] tells whether it did.
final class TypeCodec {
  private TypeCodec() {}

  /// What the type says, as far as it is understood.
  static @Nullable ValueType decode(TypeProto type) {
    return switch (type.getValueCase()) {
      case TENSOR_TYPE -> {
        TypeProto.Tensor tensor = type.getTensorType();
        Shape shape = tensor.hasShape() ? decode(tensor.getShape()) : null;
        yield DataType.fromOnnx(tensor.getElemType())
            .map(dataType -> new ValueType.OfTensor(dataType, shape))
            .orElse(null);
      }
      case SPARSE_TENSOR_TYPE -> {
        TypeProto.SparseTensor tensor = type.getSparseTensorType();
        Shape shape = tensor.hasShape() ? decode(tensor.getShape()) : null;
        yield DataType.fromOnnx(tensor.getElemType())
            .map(dataType -> new ValueType.OfSparseTensor(dataType, shape))
            .orElse(null);
      }
      case SEQUENCE_TYPE -> new ValueType.OfSequence(decode(type.getSequenceType().getElemType()));
      case OPTIONAL_TYPE -> new ValueType.OfOptional(decode(type.getOptionalType().getElemType()));
      case MAP_TYPE -> {
        Optional<DataType> key = DataType.fromOnnx(type.getMapType().getKeyType());
        ValueType value = decode(type.getMapType().getValueType());
        yield key.map(dataType -> new ValueType.OfMap(dataType, value)).orElse(null);
      }
      case OPAQUE_TYPE, VALUE_NOT_SET -> null;
    };
  }

  static TypeProto encode(ValueType type) {
    TypeProto.Builder builder = TypeProto.newBuilder();
    switch (type) {
      case ValueType.OfTensor(DataType dataType, Shape shape) -> {
        builder.getTensorTypeBuilder().setElemType(dataType.onnxNumber());
        if (shape != null) {
          builder.getTensorTypeBuilder().setShape(encode(shape));
        }
      }
      case ValueType.OfSparseTensor(DataType dataType, Shape shape) -> {
        builder.getSparseTensorTypeBuilder().setElemType(dataType.onnxNumber());
        if (shape != null) {
          builder.getSparseTensorTypeBuilder().setShape(encode(shape));
        }
      }
      case ValueType.OfSequence(ValueType element) -> {
        TypeProto.Sequence.Builder sequence = builder.getSequenceTypeBuilder();
        if (element != null) {
          sequence.setElemType(encode(element));
        }
      }
      case ValueType.OfOptional(ValueType element) -> {
        TypeProto.Optional.Builder optional = builder.getOptionalTypeBuilder();
        if (element != null) {
          optional.setElemType(encode(element));
        }
      }
      case ValueType.OfMap(DataType key, ValueType value) -> {
        TypeProto.Map.Builder map = builder.getMapTypeBuilder().setKeyType(key.onnxNumber());
        if (value != null) {
          map.setValueType(encode(value));
        }
      }
    }
    return builder.build();
  }

  /// Whether decoding and encoding gives the very same message.
  static boolean isFaithful(TypeProto type) {
    ValueType decoded = decode(type);
    return decoded != null && encode(decoded).equals(type);
  }

  private static Shape decode(TensorShapeProto shape) {
    List<Dim> dims = new ArrayList<>(shape.getDimCount());
    for (TensorShapeProto.Dimension dim : shape.getDimList()) {
      dims.add(
          switch (dim.getValueCase()) {
            case DIM_VALUE -> dim.getDimValue() < 0 ? Dim.unknown() : Dim.of(dim.getDimValue());
            case DIM_PARAM ->
                dim.getDimParam().isEmpty() ? Dim.unknown() : Dim.of(dim.getDimParam());
            case VALUE_NOT_SET -> Dim.unknown();
          });
    }
    return Shape.of(dims);
  }

  private static TensorShapeProto encode(Shape shape) {
    TensorShapeProto.Builder builder = TensorShapeProto.newBuilder();
    for (Dim dim : shape.dims()) {
      TensorShapeProto.Dimension.Builder encoded = builder.addDimBuilder();
      switch (dim) {
        case Dim.Known(long size) -> encoded.setDimValue(size);
        case Dim.Symbol(String name) -> encoded.setDimParam(name);
        case Dim.Unknown() -> {}
      }
    }
    return builder.build();
  }
}
