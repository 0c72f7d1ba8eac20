package dev.octet.ir.io;

import dev.octet.ir.DataType;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Text to protobuf messages, one method a rule of the grammar. What names mean is the reader's
/// business ([GraphReader]), so that text and files are understood alike.
final class TextParser {
  private static final int DEFAULT_IR_VERSION = 8;
  private static final int DEFAULT_OPSET = 17;
  private static final int MAX_DEPTH = 50;

  private final TextScanner in;
  private final TextAttributes attributes;
  private int depth;

  TextParser(String text) {
    in = new TextScanner(text);
    attributes = new TextAttributes(in, this);
  }

  ModelProto model() {
    ModelProto.Builder model = ModelProto.newBuilder();
    if (in.matches("<")) {
      list(">", () -> modelField(model));
    }
    if (!model.hasIrVersion()) {
      model.setIrVersion(DEFAULT_IR_VERSION);
    }
    if (model.getOpsetImportCount() == 0) {
      model.addOpsetImportBuilder().setDomain("").setVersion(DEFAULT_OPSET);
    }
    model.setGraph(graph(in.name()));
    while (!in.atEnd()) {
      model.addFunctions(function());
    }
    return model.build();
  }

  /// A graph, after its name.
  GraphProto graph(String name) {
    enter();
    GraphProto.Builder graph = GraphProto.newBuilder().setName(name);
    in.expect("(");
    list(")", () -> input(graph));
    in.expect("=>");
    in.expect("(");
    list(")", () -> graph.addOutput(valueInfo()));
    if (in.matches("<")) {
      list(">", () -> innerValue(graph));
    }
    nodes(graph::addNode);
    depth--;
    return graph.build();
  }

  TypeProto type() {
    enter();
    TypeProto.Builder type = TypeProto.newBuilder();
    String word = in.word();
    switch (word) {
      case "seq" -> type.getSequenceTypeBuilder().setElemType(inParentheses());
      case "optional" -> type.getOptionalTypeBuilder().setElemType(inParentheses());
      case "map" -> {
        in.expect("(");
        type.getMapTypeBuilder().setKeyType(elementType(in.word()).onnxNumber());
        in.expect(",");
        type.getMapTypeBuilder().setValueType(type());
        in.expect(")");
      }
      case "sparse_tensor" -> {
        TypeProto.Tensor dense = inParentheses().getTensorType();
        type.getSparseTensorTypeBuilder().setElemType(dense.getElemType());
        if (dense.hasShape()) {
          type.getSparseTensorTypeBuilder().setShape(dense.getShape());
        }
      }
      default -> {
        TypeProto.Tensor.Builder tensor = type.getTensorTypeBuilder();
        tensor.setElemType(elementType(word).onnxNumber());
        // No brackets: a scalar. Empty brackets: a tensor of unknown rank.
        if (!in.matches("[")) {
          tensor.setShape(TensorShapeProto.getDefaultInstance());
        } else if (!in.matches("]")) {
          tensor.setShape(dims());
        }
      }
    }
    depth--;
    return type.build();
  }

  /// Items separated by commas, up to `end`.
  void list(String end, Runnable item) {
    if (in.matches(end)) {
      return;
    }
    do {
      item.run();
    } while (in.matches(","));
    in.expect(end);
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw in.wrong("graphs and types are nested more than " + MAX_DEPTH + " deep");
    }
  }

  private void modelField(ModelProto.Builder model) {
    String key = in.word();
    in.expect(":");
    switch (key) {
      case "ir_version" -> model.setIrVersion(in.integer());
      case "producer_name" -> model.setProducerName(in.string());
      case "producer_version" -> model.setProducerVersion(in.string());
      case "domain" -> model.setDomain(in.string());
      case "model_version" -> model.setModelVersion(in.integer());
      case "doc_string" -> model.setDocString(in.string());
      case "opset_import" -> opsets(model::addOpsetImport);
      case "metadata_props" -> {
        in.expect("[");
        list("]", () -> model.addMetadataProps(entry()));
      }
      default -> throw in.wrong("a model has no field '" + key + "'");
    }
  }

  private FunctionProto function() {
    FunctionProto.Builder function = FunctionProto.newBuilder();
    if (in.matches("<")) {
      list(">", () -> functionField(function));
    }
    function.setName(in.name());
    if (in.matches("<")) {
      list(">", () -> attributes.declaration(function));
    }
    in.expect("(");
    list(")", () -> function.addInput(valueInfo().getName()));
    in.expect("=>");
    in.expect("(");
    list(")", () -> function.addOutput(valueInfo().getName()));
    if (in.matches("<")) {
      list(">", () -> function.addValueInfo(valueInfo()));
    }
    nodes(function::addNode);
    return function.build();
  }

  private void functionField(FunctionProto.Builder function) {
    String key = in.word();
    in.expect(":");
    switch (key) {
      case "domain" -> function.setDomain(in.string());
      case "overload" -> function.setOverload(in.string());
      case "doc_string" -> function.setDocString(in.string());
      case "opset_import" -> opsets(function::addOpsetImport);
      default -> throw in.wrong("a function has no field '" + key + "'");
    }
  }

  private void opsets(Consumer<OperatorSetIdProto> sink) {
    in.expect("[");
    list(
        "]",
        () -> {
          OperatorSetIdProto.Builder opset = OperatorSetIdProto.newBuilder().setDomain(in.string());
          in.expect(":");
          sink.accept(opset.setVersion(in.integer()).build());
        });
  }

  private StringStringEntryProto entry() {
    StringStringEntryProto.Builder entry = StringStringEntryProto.newBuilder().setKey(in.string());
    in.expect(":");
    return entry.setValue(in.string()).build();
  }

  private ValueInfoProto valueInfo() {
    ValueInfoProto.Builder info = ValueInfoProto.newBuilder();
    if (in.peek() != '"' && in.atType()) {
      info.setType(type());
    }
    return info.setName(in.name()).build();
  }

  /// An input, perhaps with a default.
  private void input(GraphProto.Builder graph) {
    ValueInfoProto info = valueInfo();
    graph.addInput(info);
    if (in.matches("=")) {
      graph.addInitializer(initializer(info));
    }
  }

  /// An initializer, or the type of a value that a node computes.
  private void innerValue(GraphProto.Builder graph) {
    ValueInfoProto info = valueInfo();
    if (in.matches("=")) {
      graph.addInitializer(initializer(info));
    } else {
      graph.addValueInfo(info);
    }
  }

  private TensorProto initializer(ValueInfoProto info) {
    return TextTensors.parse(in, info.getType()).toBuilder().setName(info.getName()).build();
  }

  private void nodes(Consumer<NodeProto> sink) {
    in.expect("{");
    while (!in.matches("}")) {
      sink.accept(node());
    }
  }

  private NodeProto node() {
    NodeProto.Builder node = NodeProto.newBuilder();
    if (in.matches("[")) {
      node.setName(in.name());
      in.expect("]");
    }
    for (String output : names("=")) {
      node.addOutput(output);
    }
    operator(node);
    if (in.matches("<")) {
      list(">", () -> node.addAttribute(attributes.attribute()));
    }
    in.expect("(");
    for (String input : names(")")) {
      node.addInput(input);
    }
    if (in.matches("<")) {
      list(">", () -> node.addAttribute(attributes.attribute()));
    }
    return node.build();
  }

  /// Names up to `end`; an empty one, written `""` or left out, stands for an optional value.
  private List<String> names(String end) {
    List<String> names = new ArrayList<>();
    if (in.matches(end)) {
      return names;
    }
    do {
      boolean leftOut = in.peek() == ',' || in.peek() == end.charAt(0);
      names.add(leftOut ? "" : in.name());
    } while (in.matches(","));
    in.expect(end);
    return names;
  }

  private void operator(NodeProto.Builder node) {
    StringBuilder path = new StringBuilder(in.name());
    while (in.matches(".")) {
      path.append('.').append(in.word());
    }
    int dot = path.lastIndexOf(".");
    if (dot >= 0) {
      node.setDomain(path.substring(0, dot));
    }
    node.setOpType(path.substring(dot + 1));
    if (in.matches(":")) {
      node.setOverload(in.name());
    }
  }

  private TypeProto inParentheses() {
    in.expect("(");
    TypeProto type = type();
    in.expect(")");
    return type;
  }

  private DataType elementType(String word) {
    return TextScanner.typeNamed(word)
        .orElseThrow(() -> in.wrong("'" + word + "' is no element type"));
  }

  private TensorShapeProto dims() {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    list(
        "]",
        () -> {
          TensorShapeProto.Dimension.Builder dim = shape.addDimBuilder();
          if (in.matches("?")) {
            return;
          }
          if (in.atNumber()) {
            dim.setDimValue(in.integer());
          } else {
            dim.setDimParam(in.name());
          }
        });
    return shape.build();
  }
}
