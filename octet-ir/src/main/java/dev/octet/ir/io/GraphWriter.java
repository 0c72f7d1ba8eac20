package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.OpaqueInitializer;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.AttributeProto.AttributeType;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.SparseTensorProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.TypeProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// [Graph] to `GraphProto`. Fields that were left over on reading come back where they were found,
/// unless what they belong to has changed its nature meanwhile.
final class GraphWriter {
  private final TensorSink tensors;

  GraphWriter(TensorSink tensors) {
    this.tensors = tensors;
  }

  GraphProto encode(Graph graph) {
    GraphProto.Builder builder =
        decode(graph.extraFields(), GraphProto.parser(), GraphProto.getDefaultInstance())
            .toBuilder();
    if (!graph.name().isEmpty()) {
      builder.setName(graph.name());
    }
    ValueDescriptions descriptions = new ValueDescriptions(graph);
    for (Value value : graph.constants()) {
      value
          .initializer()
          .ifPresent(
              data -> {
                TensorProto fields = tensorFields(value.initializerFields());
                builder.addInitializer(
                    tensors.encodeInitializer(
                        data, fields.toBuilder().setName(value.name()).build()));
              });
      value.opaqueInitializer().ifPresent(data -> encode(data, value.name(), builder));
    }
    for (Node node : graph.nodes()) {
      builder.addNode(encode(node));
    }
    return builder
        .addAllInput(descriptions.inputs())
        .addAllOutput(descriptions.outputs())
        .addAllValueInfo(descriptions.valueInfo())
        .build();
  }

  private void encode(OpaqueInitializer data, String name, GraphProto.Builder builder) {
    switch (data.form()) {
      case PARTIAL ->
          builder.addInitializer(
              tensors.passOn(tensorFields(data.encoded())).toBuilder().setName(name));
      case SPARSE -> {
        SparseTensorProto.Builder sparse =
            decode(
                data.encoded(), SparseTensorProto.parser(), SparseTensorProto.getDefaultInstance())
                .toBuilder();
        sparse.getValuesBuilder().setName(name);
        builder.addSparseInitializer(sparse);
      }
    }
  }

  static <M extends MessageLite> M decode(OpaqueFields fields, Parser<M> parser, M none) {
    if (fields.isEmpty()) {
      return none;
    }
    try {
      return parser.parseFrom(fields.encoded());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("these fields were not made by a reader", e);
    }
  }

  private NodeProto encode(Node node) {
    NodeProto.Builder builder =
        decode(node.extraFields(), NodeProto.parser(), NodeProto.getDefaultInstance()).toBuilder();
    Map<String, AttributeProto> leftovers = new HashMap<>();
    for (AttributeProto leftover : builder.getAttributeList()) {
      leftovers.put(leftover.getName(), leftover);
    }
    builder.clearAttribute().setOpType(node.opType());
    if (!node.name().isEmpty()) {
      builder.setName(node.name());
    }
    if (!node.domain().isEmpty()) {
      builder.setDomain(node.domain());
    }
    for (Value input : node.inputs()) {
      builder.addInput(input == null ? "" : input.name());
    }
    for (Value output : node.outputs()) {
      builder.addOutput(output == null ? "" : output.name());
    }
    node.attributes()
        .forEach(
            (name, value) ->
                builder.addAttribute(
                    encode(
                        name,
                        value,
                        leftovers.getOrDefault(name, AttributeProto.getDefaultInstance()))));
    return builder.build();
  }

  private AttributeProto encode(String name, Attribute attribute, AttributeProto leftover) {
    AttributeProto.Builder builder = leftover.toBuilder().setName(name);
    TensorProto tensorLeftover = builder.getT();
    List<TensorProto> tensorLeftovers = builder.getTensorsList();
    builder.clearT().clearTensors();
    switch (attribute) {
      case Attribute.OfInt(long value) -> builder.setType(AttributeType.INT).setI(value);
      case Attribute.OfFloat(float value) -> builder.setType(AttributeType.FLOAT).setF(value);
      case Attribute.OfString(String value) ->
          builder.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(value));
      case Attribute.OfTensor(Tensor value) ->
          builder.setType(AttributeType.TENSOR).setT(tensors.encode(value, tensorLeftover));
      case Attribute.OfGraph(Graph value) ->
          builder.setType(AttributeType.GRAPH).setG(encode(value));
      case Attribute.OfType(ValueType value) -> {
        builder.setType(AttributeType.TYPE_PROTO);
        builder.setTp(value == null ? TypeProto.getDefaultInstance() : TypeCodec.encode(value));
      }
      case Attribute.OfInts(var values) -> builder.setType(AttributeType.INTS).addAllInts(values);
      case Attribute.OfFloats(var values) ->
          builder.setType(AttributeType.FLOATS).addAllFloats(values);
      case Attribute.OfStrings(var values) -> {
        builder.setType(AttributeType.STRINGS);
        values.forEach(value -> builder.addStrings(ByteString.copyFromUtf8(value)));
      }
      case Attribute.OfTensors(var values) -> {
        builder.setType(AttributeType.TENSORS);
        for (int i = 0; i < values.size(); i++) {
          // A list of another length is another list.
          boolean same = tensorLeftovers.size() == values.size();
          builder.addTensors(
              tensors.encode(
                  values.get(i), same ? tensorLeftovers.get(i) : TensorProto.getDefaultInstance()));
        }
      }
      case Attribute.OfGraphs(var values) -> {
        builder.setType(AttributeType.GRAPHS);
        values.forEach(value -> builder.addGraphs(encode(value)));
      }
      case Attribute.OfTypes(var values) -> {
        builder.setType(AttributeType.TYPE_PROTOS);
        values.forEach(value -> builder.addTypeProtos(TypeCodec.encode(value)));
      }
      case Attribute.Reference(String caller) -> builder.setRefAttrName(caller);
      case Attribute.Opaque(OpaqueFields encoded) -> {
        AttributeProto original =
            decode(encoded, AttributeProto.parser(), AttributeProto.getDefaultInstance());
        return passOn(original).setName(name).build();
      }
    }
    return builder.build();
  }

  /// An attribute as it was read; its tensors are parts of tensors.
  private AttributeProto.Builder passOn(AttributeProto original) {
    AttributeProto.Builder builder = original.toBuilder();
    if (original.hasT()) {
      builder.setT(tensors.passOn(original.getT()));
    }
    for (int i = 0; i < original.getTensorsCount(); i++) {
      builder.setTensors(i, tensors.passOn(original.getTensors(i)));
    }
    return builder;
  }

  private static TensorProto tensorFields(OpaqueFields fields) {
    return decode(fields, TensorProto.parser(), TensorProto.getDefaultInstance());
  }
}
