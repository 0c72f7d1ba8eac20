package dev.octet.ir.io;

import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;

/// Takes out of a parsed model the differences that reading and writing may make: parts of tensors
/// come after the rest, `value_info` in the order of the nodes and without what repeats inputs,
/// outputs and initializers.
final class CanonicalProto {
  private CanonicalProto() {}

  static ModelProto of(ModelProto model) {
    return model.toBuilder().setGraph(graph(model.getGraph())).build();
  }

  private static GraphProto graph(GraphProto graph) {
    Set<String> computed = new HashSet<>();
    graph.getNodeList().forEach(node -> computed.addAll(node.getOutputList()));
    graph.getOutputList().forEach(output -> computed.remove(output.getName()));
    return graph.toBuilder()
        .clearNode()
        .addAllNode(graph.getNodeList().stream().map(CanonicalProto::node).toList())
        .clearInitializer()
        .addAllInitializer(
            graph.getInitializerList().stream()
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
    return node.toBuilder()
        .clearAttribute()
        .addAllAttribute(node.getAttributeList().stream().map(CanonicalProto::attribute).toList())
        .build();
  }

  private static AttributeProto attribute(AttributeProto attribute) {
    AttributeProto.Builder builder = attribute.toBuilder();
    if (attribute.hasG()) {
      builder.setG(graph(attribute.getG()));
    }
    for (int i = 0; i < builder.getGraphsCount(); i++) {
      builder.setGraphs(i, graph(builder.getGraphs(i)));
    }
    return builder.build();
  }

  private static boolean isPartial(TensorProto tensor) {
    return tensor.getSegment().getBegin() != 0;
  }
}
