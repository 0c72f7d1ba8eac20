package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.OperatorSetIdProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Takes out of a parsed model the differences that reading and writing may make: which field holds
/// a tensor's numbers, parts of tensors after the rest, absent against empty strings, the order of
/// `value_info`, and `value_info`
/// that repeats what inputs, outputs and initializers say.
final class CanonicalProto {
  private CanonicalProto() {}

  static ModelProto of(ModelProto model) {
    ModelProto.Builder builder = model.toBuilder();
    if (builder.getDomain().isEmpty()) {
      builder.clearDomain();
    }
    if (builder.getModelVersion() == 0) {
      builder.clearModelVersion();
    }
    builder.setProducerName(builder.getProducerName());
    builder.setProducerVersion(builder.getProducerVersion());
    for (OperatorSetIdProto.Builder opset : opsets(builder)) {
      opset.setDomain(opset.getDomain().equals("ai.onnx") ? "" : opset.getDomain());
    }
    return builder.setGraph(graph(model.getGraph())).build();
  }

  private static List<OperatorSetIdProto.Builder> opsets(ModelProto.Builder builder) {
    return java.util.stream.IntStream.range(0, builder.getOpsetImportCount())
        .mapToObj(builder::getOpsetImportBuilder)
        .toList();
  }

  private static GraphProto graph(GraphProto graph) {
    Set<String> computed = new HashSet<>();
    graph.getNodeList().forEach(node -> computed.addAll(node.getOutputList()));
    graph.getOutputList().forEach(output -> computed.remove(output.getName()));
    return graph.toBuilder()
        .setName(graph.getName())
        .clearNode()
        .addAllNode(graph.getNodeList().stream().map(CanonicalProto::node).toList())
        .clearInitializer()
        .addAllInitializer(
            graph.getInitializerList().stream()
                .map(CanonicalProto::tensor)
                .sorted(Comparator.comparing(CanonicalProto::isPartial))
                .toList())
        .clearValueInfo()
        .addAllValueInfo(
            graph.getValueInfoList().stream()
                .filter(info -> computed.contains(info.getName()))
                .sorted(Comparator.comparing(ValueInfoProto::getName))
                .toList())
        .build();
  }

  private static NodeProto node(NodeProto node) {
    NodeProto.Builder builder = node.toBuilder();
    if (node.getName().isEmpty()) {
      builder.clearName();
    }
    if (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx")) {
      builder.clearDomain();
    }
    return builder
        .clearAttribute()
        .addAllAttribute(node.getAttributeList().stream().map(CanonicalProto::attribute).toList())
        .build();
  }

  private static AttributeProto attribute(AttributeProto attribute) {
    AttributeProto.Builder builder = attribute.toBuilder();
    if (attribute.hasT()) {
      builder.setT(tensor(attribute.getT()));
    }
    if (attribute.hasG()) {
      builder.setG(graph(attribute.getG()));
    }
    for (int i = 0; i < builder.getTensorsCount(); i++) {
      builder.setTensors(i, tensor(builder.getTensors(i)));
    }
    for (int i = 0; i < builder.getGraphsCount(); i++) {
      builder.setGraphs(i, graph(builder.getGraphs(i)));
    }
    return builder.build();
  }

  private static TensorProto tensor(TensorProto tensor) {
    ByteBuffer raw = ByteBuffer.allocate(typedSize(tensor)).order(ByteOrder.LITTLE_ENDIAN);
    tensor.getFloatDataList().forEach(raw::putFloat);
    tensor.getInt64DataList().forEach(raw::putLong);
    tensor.getDoubleDataList().forEach(raw::putDouble);
    tensor.getUint64DataList().forEach(raw::putLong);
    if (tensor.getDataType() == 6) {
      tensor.getInt32DataList().forEach(raw::putInt);
    } else {
      tensor.getInt32DataList().forEach(number -> raw.put(number.byteValue()));
    }
    ByteString bytes = tensor.hasRawData() ? tensor.getRawData() : ByteString.copyFrom(raw.flip());
    TensorProto.Builder builder = tensor.toBuilder();
    if (tensor.getName().isEmpty()) {
      builder.clearName();
    }
    return builder
        .clearFloatData()
        .clearInt64Data()
        .clearInt32Data()
        .clearDoubleData()
        .clearUint64Data()
        .setRawData(bytes)
        .build();
  }

  private static boolean isPartial(TensorProto tensor) {
    return tensor.getSegment().getBegin() != 0;
  }

  private static int typedSize(TensorProto tensor) {
    return 8
        * (tensor.getFloatDataCount()
            + tensor.getInt64DataCount()
            + tensor.getDoubleDataCount()
            + tensor.getUint64DataCount()
            + tensor.getInt32DataCount());
  }
}
