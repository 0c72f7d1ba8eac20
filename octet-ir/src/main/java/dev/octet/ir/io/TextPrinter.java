package dev.octet.ir.io;

import static dev.octet.ir.io.TextScanner.quoted;
import static dev.octet.ir.io.TextScanner.quotedUnlessPlain;

import com.google.protobuf.ByteString;
import dev.octet.ir.DataType;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.FunctionProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.OperatorSetIdProto;
import dev.octet.ir.io.proto.StringStringEntryProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.TensorShapeProto;
import dev.octet.ir.io.proto.TypeProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Protobuf messages to the text that [TextParser] reads.
final class TextPrinter {
  private static final Source SOURCE = new Source("text");

  private final TensorReader tensors =
      new TensorReader(
          TensorReader.Origin.FILE,
          SOURCE,
          raw -> MemorySegment.ofBuffer(raw.asReadOnlyByteBuffer()),
          ExternalFiles.none(SOURCE));

  String print(ModelProto model) {
    StringJoiner header = new StringJoiner(",\n   ", "<\n   ", "\n>\n");
    header.add("ir_version: " + model.getIrVersion());
    header.add("opset_import: " + opsets(model.getOpsetImportList()));
    addText(header, "producer_name", model.getProducerName());
    addText(header, "producer_version", model.getProducerVersion());
    addText(header, "domain", model.getDomain());
    if (model.getModelVersion() != 0) {
      header.add("model_version: " + model.getModelVersion());
    }
    addText(header, "doc_string", model.getDocString());
    if (model.getMetadataPropsCount() > 0) {
      header.add("metadata_props: " + entries(model.getMetadataPropsList()));
    }
    StringBuilder out = new StringBuilder(header.toString());
    out.append(graph(model.getGraph(), "")).append('\n');
    for (FunctionProto function : model.getFunctionsList()) {
      out.append(function(function)).append('\n');
    }
    return out.toString();
  }

  private String graph(GraphProto graph, String indent) {
    Map<String, TensorProto> defaults = new HashMap<>();
    Set<String> inputs = new HashSet<>();
    graph.getInputList().forEach(input -> inputs.add(input.getName()));
    List<String> inner = new ArrayList<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (inputs.contains(tensor.getName())) {
        defaults.put(tensor.getName(), tensor);
      } else {
        inner.add(tensorType(tensor) + " " + initializer(tensor));
      }
    }
    for (ValueInfoProto info : graph.getValueInfoList()) {
      if (info.hasType()) {
        inner.add(valueInfo(info));
      }
    }
    return quotedUnlessPlain(graph.getName())
        + joined(
            " (",
            graph.getInputList(),
            input -> {
              TensorProto value = defaults.get(input.getName());
              return valueInfo(input) + (value == null ? "" : " = " + data(value));
            },
            ")")
        + joined(" => (", graph.getOutputList(), TextPrinter::valueInfo, ")")
        + (inner.isEmpty() ? "" : "\n" + indent + "<" + String.join(", ", inner) + ">")
        + nodes(graph.getNodeList(), indent);
  }

  private String nodes(List<NodeProto> nodes, String indent) {
    StringBuilder out = new StringBuilder(" {\n");
    for (NodeProto node : nodes) {
      out.append(indent).append("   ").append(node(node, indent + "   ")).append('\n');
    }
    return out.append(indent).append('}').toString();
  }

  private String node(NodeProto node, String indent) {
    String label = node.getName().isEmpty() ? "" : "[" + quotedUnlessPlain(node.getName()) + "] ";
    return label
        + names(node.getOutputList())
        + " = "
        + operator(node)
        + (node.getAttributeCount() == 0
            ? ""
            : joined(" <", node.getAttributeList(), attribute -> attribute(attribute, indent), ">"))
        + " ("
        + names(node.getInputList())
        + ")";
  }

  private static String operator(NodeProto node) {
    String path =
        node.getDomain().isEmpty() ? node.getOpType() : node.getDomain() + "." + node.getOpType();
    boolean plain = true;
    for (String step : path.split("\\.", -1)) {
      plain &= TextScanner.isPlain(step);
    }
    return (plain ? path : quoted(path))
        + (node.getOverload().isEmpty() ? "" : ":" + quotedUnlessPlain(node.getOverload()));
  }

  private String attribute(AttributeProto attribute, String indent) {
    String kind = TextAttributes.kindName(AttributeCodec.typeOf(attribute));
    String name = quotedUnlessPlain(attribute.getName());
    if (!attribute.getRefAttrName().isEmpty()) {
      String stated = attribute.hasType() ? name + ": " + kind : name;
      return stated + " = @" + quotedUnlessPlain(attribute.getRefAttrName());
    }
    return switch (AttributeCodec.typeOf(attribute)) {
      case INT -> name + " = " + attribute.getI();
      case FLOAT -> name + ": float = " + number(attribute.getF());
      case STRING -> name + " = " + quoted(attribute.getS().toStringUtf8());
      case TENSOR -> name + " = " + tensor(attribute.getT());
      case GRAPH -> name + " = " + graph(attribute.getG(), indent);
      case TYPE_PROTO -> name + " = " + type(attribute.getTp());
      case INTS -> typed(name, kind, attribute.getIntsList(), String::valueOf);
      case FLOATS -> typed(name, kind, attribute.getFloatsList(), TextPrinter::number);
      case STRINGS ->
          typed(name, kind, attribute.getStringsList(), (ByteString s) -> quoted(s.toStringUtf8()));
      case TENSORS -> typed(name, kind, attribute.getTensorsList(), this::tensor);
      case GRAPHS -> typed(name, kind, attribute.getGraphsList(), graph -> graph(graph, indent));
      case TYPE_PROTOS -> typed(name, kind, attribute.getTypeProtosList(), TextPrinter::type);
      case SPARSE_TENSOR, SPARSE_TENSORS, UNDEFINED ->
          name + " = " + quoted("(" + kind + ", which has no text form)");
    };
  }

  private String tensor(TensorProto tensor) {
    return tensorType(tensor)
        + " "
        + (tensor.getName().isEmpty() ? data(tensor) : initializer(tensor));
  }

  private String initializer(TensorProto tensor) {
    return quotedUnlessPlain(tensor.getName()) + " = " + data(tensor);
  }

  private String data(TensorProto tensor) {
    return TextTensors.print(tensors.read(tensor, "tensor '" + tensor.getName() + "'"));
  }

  private String function(FunctionProto function) {
    StringJoiner header = new StringJoiner(", ", "<", ">\n");
    addText(header, "domain", function.getDomain());
    addText(header, "overload", function.getOverload());
    header.add("opset_import: " + opsets(function.getOpsetImportList()));
    addText(header, "doc_string", function.getDocString());
    List<String> attributes = new ArrayList<>();
    function.getAttributeList().forEach(name -> attributes.add(quotedUnlessPlain(name)));
    function.getAttributeProtoList().forEach(value -> attributes.add(attribute(value, "")));
    return header
        + quotedUnlessPlain(function.getName())
        + (attributes.isEmpty() ? "" : " <" + String.join(", ", attributes) + ">")
        + " ("
        + names(function.getInputList())
        + ") => ("
        + names(function.getOutputList())
        + ")"
        + (function.getValueInfoCount() == 0
            ? ""
            : joined(" <", function.getValueInfoList(), TextPrinter::valueInfo, ">"))
        + nodes(function.getNodeList(), "");
  }

  private static String valueInfo(ValueInfoProto info) {
    String name = quotedUnlessPlain(info.getName());
    String type = info.hasType() ? type(info.getType()) : "";
    return type.isEmpty() ? name : type + " " + name;
  }

  private static String type(TypeProto type) {
    return switch (type.getValueCase()) {
      case TENSOR_TYPE -> {
        TypeProto.Tensor tensor = type.getTensorType();
        yield tensorType(tensor.getElemType(), tensor.hasShape(), tensor.getShape());
      }
      case SPARSE_TENSOR_TYPE -> {
        TypeProto.SparseTensor tensor = type.getSparseTensorType();
        yield "sparse_tensor("
            + tensorType(tensor.getElemType(), tensor.hasShape(), tensor.getShape())
            + ")";
      }
      case SEQUENCE_TYPE -> "seq(" + type(type.getSequenceType().getElemType()) + ")";
      case OPTIONAL_TYPE -> "optional(" + type(type.getOptionalType().getElemType()) + ")";
      case MAP_TYPE ->
          "map("
              + tensorType(
                  type.getMapType().getKeyType(), true, TensorShapeProto.getDefaultInstance())
              + ", "
              + type(type.getMapType().getValueType())
              + ")";
      case OPAQUE_TYPE, VALUE_NOT_SET -> "";
    };
  }

  private static String tensorType(int elementType, boolean hasShape, TensorShapeProto shape) {
    String element = DataType.fromOnnx(elementType).map(TextScanner::nameOf).orElse("");
    if (element.isEmpty() || !hasShape) {
      return element.isEmpty() ? "" : element + "[]";
    }
    return shape.getDimCount() == 0
        ? element
        : element + joined("[", shape.getDimList(), TextPrinter::dim, "]");
  }

  private static String tensorType(TensorProto tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    tensor.getDimsList().forEach(size -> shape.addDimBuilder().setDimValue(size));
    return tensorType(tensor.getDataType(), true, shape.build());
  }

  private static String dim(TensorShapeProto.Dimension dim) {
    return switch (dim.getValueCase()) {
      case DIM_VALUE -> dim.getDimValue() < 0 ? "?" : Long.toString(dim.getDimValue());
      case DIM_PARAM -> dim.getDimParam().isEmpty() ? "?" : quotedUnlessPlain(dim.getDimParam());
      case VALUE_NOT_SET -> "?";
    };
  }

  private static String number(float value) {
    return TextTensors.print(value, Float.toString(value));
  }

  private static String names(List<String> names) {
    return names.stream().map(TextScanner::quotedUnlessPlain).collect(Collectors.joining(", "));
  }

  private static String opsets(List<OperatorSetIdProto> opsets) {
    return joined("[", opsets, opset -> quoted(opset.getDomain()) + ": " + opset.getVersion(), "]");
  }

  private static String entries(List<StringStringEntryProto> entries) {
    return joined(
        "[", entries, entry -> quoted(entry.getKey()) + ": " + quoted(entry.getValue()), "]");
  }

  private static void addText(StringJoiner header, String key, String value) {
    if (!value.isEmpty()) {
      header.add(key + ": " + quoted(value));
    }
  }

  private static <T> String typed(
      String name, String kind, List<T> items, Function<T, String> print) {
    return name + joined(": " + kind + " = [", items, print, "]");
  }

  private static <T> String joined(
      String start, List<T> items, Function<T, String> print, String end) {
    return items.stream().map(print).collect(Collectors.joining(", ", start, end));
  }
}
