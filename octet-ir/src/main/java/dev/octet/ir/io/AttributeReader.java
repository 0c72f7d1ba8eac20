package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.Tensor;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.AttributeProto.AttributeType;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.TypeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// `AttributeProto` to [Attribute], with what is left over.
final class AttributeReader {
  private final Source source;
  private final TensorReader tensors;

  AttributeReader(Source source, TensorReader tensors) {
    this.source = source;
    this.tensors = tensors;
  }

  /// The attribute's value.
  ///
  /// @param part the attribute, for messages
  /// @param subgraphs reads a subgraph
  Attribute read(AttributeProto attribute, String part, Function<GraphProto, Graph> subgraphs) {
    if (!attribute.getRefAttrName().isEmpty()) {
      return new Attribute.Reference(attribute.getRefAttrName());
    }
    return switch (AttributeCodec.typeOf(attribute)) {
      case INT -> Attribute.of(attribute.getI());
      case FLOAT -> Attribute.of(attribute.getF());
      case STRING ->
          attribute.getS().isValidUtf8()
              ? Attribute.of(attribute.getS().toStringUtf8())
              : opaque(attribute);
      case TENSOR ->
          tensors.isPartial(attribute.getT(), part)
              ? opaque(attribute.toBuilder().setT(tensors.whole(attribute.getT(), part)).build())
              : Attribute.of(tensors.read(attribute.getT(), part));
      case GRAPH -> Attribute.of(subgraphs.apply(attribute.getG()));
      case INTS -> new Attribute.OfInts(attribute.getIntsList());
      case FLOATS -> new Attribute.OfFloats(attribute.getFloatsList());
      case STRINGS ->
          AttributeCodec.areText(attribute.getStringsList())
              ? new Attribute.OfStrings(
                  attribute.getStringsList().stream().map(ByteString::toStringUtf8).toList())
              : opaque(attribute);
      case TENSORS -> tensors(attribute, part);
      case GRAPHS ->
          new Attribute.OfGraphs(attribute.getGraphsList().stream().map(subgraphs).toList());
      case TYPE_PROTO ->
          TypeCodec.isFaithful(attribute.getTp())
              ? new Attribute.OfType(TypeCodec.decode(attribute.getTp()))
              : opaque(attribute);
      case TYPE_PROTOS -> types(attribute);
      case SPARSE_TENSOR, SPARSE_TENSORS, UNDEFINED -> opaque(attribute);
    };
  }

  /// The fields that [#read] does not interpret, with the attribute's name; the default instance
  /// when there are none.
  AttributeProto leftover(AttributeProto attribute, Attribute read, String part) {
    AttributeProto.Builder rest = attribute.toBuilder().clearName().clearType();
    switch (read) {
      case Attribute.OfInt ignored -> rest.clearI();
      case Attribute.OfFloat ignored -> rest.clearF();
      case Attribute.OfString ignored -> rest.clearS();
      case Attribute.OfTensor ignored -> rest.clearT();
      case Attribute.OfGraph ignored -> rest.clearG();
      case Attribute.OfType ignored -> rest.clearTp();
      case Attribute.OfInts ignored -> rest.clearInts();
      case Attribute.OfFloats ignored -> rest.clearFloats();
      case Attribute.OfStrings ignored -> rest.clearStrings();
      case Attribute.OfTensors ignored -> rest.clearTensors();
      case Attribute.OfGraphs ignored -> rest.clearGraphs();
      case Attribute.OfTypes ignored -> rest.clearTypeProtos();
      case Attribute.Reference ignored -> {
        rest.clearRefAttrName();
        if (attribute.hasType()) {
          rest.setType(attribute.getType());
        }
      }
      case Attribute.Opaque ignored -> {
        // Parts of tensors, read whole.
        AttributeType type = AttributeCodec.typeOf(attribute);
        if (type == AttributeType.TENSOR) {
          rest.clearT();
        }
        if (type == AttributeType.TENSORS) {
          rest.clearTensors();
        }
      }
    }
    // Their raw data is out of the message already, so they could not be kept encoded.
    if (rest.hasT() || rest.hasG() || rest.getTensorsCount() + rest.getGraphsCount() > 0) {
      throw contradiction(attribute, part);
    }
    if (read instanceof Attribute.Opaque) {
      return AttributeProto.getDefaultInstance();
    }
    if (read instanceof Attribute.OfTensor) {
      TensorProto named = named(attribute.getT());
      if (!named.equals(TensorProto.getDefaultInstance())) {
        rest.setT(named);
      }
    }
    if (read instanceof Attribute.OfTensors) {
      List<TensorProto> named = attribute.getTensorsList().stream().map(this::named).toList();
      if (named.stream().anyMatch(each -> !each.equals(TensorProto.getDefaultInstance()))) {
        rest.addAllTensors(named);
      }
    }
    AttributeProto leftover = rest.build();
    return leftover.equals(AttributeProto.getDefaultInstance())
        ? leftover
        : rest.setName(attribute.getName()).build();
  }

  private Attribute tensors(AttributeProto attribute, String part) {
    List<TensorProto> all = attribute.getTensorsList();
    if (all.stream().anyMatch(each -> tensors.isPartial(each, part))) {
      List<TensorProto> whole = all.stream().map(each -> tensors.whole(each, part)).toList();
      return opaque(attribute.toBuilder().clearTensors().addAllTensors(whole).build());
    }
    List<Tensor> values = new ArrayList<>();
    for (TensorProto tensor : attribute.getTensorsList()) {
      values.add(tensors.read(tensor, part));
    }
    return new Attribute.OfTensors(values);
  }

  private Attribute types(AttributeProto attribute) {
    List<ValueType> types = new ArrayList<>();
    for (TypeProto type : attribute.getTypeProtosList()) {
      ValueType decoded = TypeCodec.decode(type);
      if (decoded == null || !TypeCodec.isFaithful(type)) {
        return opaque(attribute);
      }
      types.add(decoded);
    }
    return new Attribute.OfTypes(types);
  }

  private Attribute opaque(AttributeProto attribute) {
    return new Attribute.Opaque(OpaqueFields.of(attribute.toByteArray()));
  }

  private OctetException contradiction(AttributeProto attribute, String part) {
    AttributeType type = AttributeCodec.typeOf(attribute);
    return source.badPart(
        "attribute-contradiction", part, "is of type " + type + " but holds other data too", "");
  }

  private TensorProto named(TensorProto tensor) {
    TensorProto.Builder rest = tensors.leftover(tensor).toBuilder();
    return tensor.getName().isEmpty() ? rest.build() : rest.setName(tensor.getName()).build();
  }
}
