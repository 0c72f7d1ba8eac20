package dev.octet.ir.io;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.OpaqueInitializer;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.SparseTensorProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `GraphProto` to [Graph]: names become values. A name means what the nearest graph around it
/// defines, whether before or after its use; execution order is [NodeOrder]'s.
final class GraphReader {
  private final Source source;
  private final GraphEditor editor;
  private final TensorReader tensors;
  private final AttributeReader attributes;
  private final Map<Graph, GraphProto> read = new LinkedHashMap<>();
  private final Set<Value> typed = Collections.newSetFromMap(new IdentityHashMap<>());

  GraphReader(Source source, GraphEditor editor, TensorReader tensors) {
    this.source = source;
    this.editor = editor;
    this.tensors = tensors;
    this.attributes = new AttributeReader(source, tensors);
  }

  /// For messages: `node Conv 'block1/conv'`, or the first output's name where the node has none.
  static String describe(NodeProto node) {
    String op = "node " + (node.getDomain().isEmpty() ? "" : node.getDomain() + ".");
    if (!node.getName().isEmpty()) {
      return op + node.getOpType() + " '" + node.getName() + "'";
    }
    String output = node.getOutputCount() == 0 ? "" : node.getOutput(0);
    return op + node.getOpType() + " computing '" + output + "'";
  }

  /// Fills `graph`, which is empty, with the content of the main graph.
  void readMain(GraphProto proto, Graph graph) {
    read(proto, graph, new Scope(null));
    // Only now do all values know what any graph says of them.
    read.forEach((each, from) -> editor.setListing(each, ValueDescriptions.listing(each, from)));
  }

  /// Names that one graph defines.
  private record Scope(@Nullable Scope outer, Map<String, Value> values) {
    Scope(@Nullable Scope outer) {
      this(outer, new HashMap<>());
    }

    @Nullable Value find(String name) {
      for (Scope scope = this; scope != null; scope = scope.outer) {
        Value value = scope.values.get(name);
        if (value != null) {
          return value;
        }
      }
      return null;
    }
  }

  private void read(GraphProto proto, Graph graph, Scope scope) {
    readInputs(proto, graph, scope);
    readInitializers(proto, graph, scope);
    List<NodeProto> order = NodeOrder.of(proto, source);
    for (NodeProto node : order) {
      for (String output : node.getOutputList()) {
        if (!output.isEmpty()) {
          define(output, scope, describe(node));
        }
      }
    }
    for (NodeProto node : order) {
      editor.appendNamed(graph, spec(node, scope));
    }
    for (ValueInfoProto output : proto.getOutputList()) {
      Value value = scope.find(output.getName());
      if (value == null) {
        throw source.badPart(
            "output-undefined",
            "output '" + output.getName() + "'",
            "no node, input or initializer gives it",
            "");
      }
      if (scope.values().containsKey(output.getName())) {
        describeValue(value, output);
      }
      editor.addOutput(graph, value);
    }
    for (ValueInfoProto info : proto.getValueInfoList()) {
      Value value = scope.values().get(info.getName());
      if (value != null) {
        describeValue(value, info);
      }
    }
    editor.setExtraFields(graph, leftover(proto));
    read.put(graph, proto);
  }

  private void readInputs(GraphProto proto, Graph graph, Scope scope) {
    for (ValueInfoProto input : proto.getInputList()) {
      Value value = define(input.getName(), scope, "input '" + input.getName() + "'");
      describeValue(value, input);
      editor.addInput(graph, value);
    }
  }

  private void readInitializers(GraphProto proto, Graph graph, Scope scope) {
    for (TensorProto tensor : proto.getInitializerList()) {
      String part = "initializer '" + tensor.getName() + "'";
      Value value = constant(tensor.getName(), scope, part);
      if (tensors.isPartial(tensor, part)) {
        passThrough(tensor, graph, value, part);
        continue;
      }
      Tensor data = tensors.read(tensor, part);
      OpaqueFields rest = OpaqueFields.of(tensors.leftover(tensor).toByteArray());
      editor.setInitializer(graph, value, data, rest);
    }
    for (SparseTensorProto sparse : proto.getSparseInitializerList()) {
      TensorProto values = sparse.getValues();
      Shape shape = Shape.of(sparse.getDimsList().stream().mapToLong(Long::longValue).toArray());
      ValueType type =
          DataType.fromOnnx(values.getDataType())
              .map(dataType -> ValueType.tensor(dataType, shape))
              .orElse(null);
      String part = "sparse initializer '" + values.getName() + "'";
      Value value = constant(values.getName(), scope, part);
      if (value.type().isEmpty()) {
        editor.setType(value, type);
      }
      editor.setOpaqueInitializer(
          graph,
          value,
          new OpaqueInitializer(
              OpaqueInitializer.Form.SPARSE, OpaqueFields.of(sparse.toByteArray())));
    }
  }

  /// The value for constant data: a new one, or an input whose default this is.
  private Value constant(String name, Scope scope, String part) {
    Value value = scope.values().get(name);
    if (value == null) {
      return define(name, scope, part);
    }
    if (value.initializer().isPresent() || value.opaqueInitializer().isPresent()) {
      throw duplicate(name, part);
    }
    return value;
  }

  /// Keeps a tensor of which only a part is here.
  private void passThrough(TensorProto tensor, Graph graph, Value value, String part) {
    DataType.fromOnnx(tensor.getDataType())
        .filter(_ -> value.type().isEmpty())
        .ifPresent(
            type ->
                editor.setType(
                    value,
                    ValueType.tensor(
                        type,
                        Shape.of(
                            tensor.getDimsList().stream().mapToLong(Long::longValue).toArray()))));
    OpaqueFields encoded = OpaqueFields.of(tensors.whole(tensor, part).toByteArray());
    editor.setOpaqueInitializer(
        graph, value, new OpaqueInitializer(OpaqueInitializer.Form.PARTIAL, encoded));
  }

  private Value define(String name, Scope scope, String part) {
    if (name.isEmpty()) {
      throw source.badPart("name-missing", part, "has no name", "");
    }
    Value value = editor.namedValue(name, null);
    if (scope.values().put(name, value) != null) {
      throw duplicate(name, part);
    }
    return value;
  }

  private OctetException duplicate(String name, String part) {
    return source.badPart(
        "name-duplicate",
        part,
        "'" + name + "' is defined twice in one graph",
        "export the model again");
  }

  private NodeSpec spec(NodeProto node, Scope scope) {
    String part = describe(node);
    List<@Nullable Value> inputs = new ArrayList<>(node.getInputCount());
    for (String input : node.getInputList()) {
      inputs.add(input.isEmpty() ? null : resolve(input, scope, part));
    }
    List<@Nullable Value> outputs = new ArrayList<>(node.getOutputCount());
    for (String output : node.getOutputList()) {
      outputs.add(output.isEmpty() ? null : scope.values().get(output));
    }
    Map<String, Attribute> values = new LinkedHashMap<>();
    NodeProto.Builder rest =
        node.toBuilder().clearOpType().clearInput().clearOutput().clearAttribute();
    // What is said, though it says nothing, is kept as it is.
    if (!node.getName().isEmpty()) {
      rest.clearName();
    }
    if (!node.getDomain().isEmpty() && !node.getDomain().equals("ai.onnx")) {
      rest.clearDomain();
    }
    for (AttributeProto attribute : node.getAttributeList()) {
      String attributePart = part + ", attribute '" + attribute.getName() + "'";
      Attribute value =
          attributes.read(attribute, attributePart, graph -> readSubgraph(graph, scope));
      AttributeProto leftover = attributes.leftover(attribute, value, attributePart);
      if (!leftover.equals(AttributeProto.getDefaultInstance())) {
        rest.addAttribute(leftover);
      }
      if (values.put(attribute.getName(), value) != null) {
        throw source.badPart("attribute-duplicate", attributePart, "is given twice", "");
      }
    }
    return new NodeSpec(
        node.getDomain(),
        node.getOpType(),
        node.getName(),
        inputs,
        outputs,
        values,
        OpaqueFields.of(rest.build().toByteArray()));
  }

  private Value resolve(String name, Scope scope, String part) {
    Value value = scope.find(name);
    if (value == null) {
      throw source.badPart(
          "input-undefined",
          part,
          "reads '" + name + "', which no node, input or initializer gives",
          "the file may be cut out of a larger model; export it again");
    }
    return value;
  }

  private Graph readSubgraph(GraphProto proto, Scope outer) {
    Graph graph = editor.newSubgraph(proto.getName());
    read(proto, graph, new Scope(outer));
    return graph;
  }

  /// Notes what a `ValueInfoProto` says. Of several that describe one value, the first that states
  /// a type counts for the type, and the first that says more counts for the rest.
  private void describeValue(Value value, ValueInfoProto info) {
    ValueInfoProto.Builder kept =
        GraphWriter.decode(
            value.infoFields(), ValueInfoProto.parser(), ValueInfoProto.getDefaultInstance())
            .toBuilder();
    if (value.infoFields().isEmpty()) {
      kept.mergeFrom(info).clearName().clearType();
    }
    if (info.hasType() && typed.add(value)) {
      if (value.type().isEmpty()) {
        editor.setType(value, TypeCodec.decode(info.getType()));
      }
      if (!TypeCodec.isFaithful(info.getType())) {
        kept.setType(info.getType());
      }
    }
    editor.setInfoFields(value, OpaqueFields.of(kept.build().toByteArray()));
  }

  private static OpaqueFields leftover(GraphProto proto) {
    GraphProto.Builder rest = proto.toBuilder();
    if (!proto.getName().isEmpty()) {
      rest.clearName();
    }
    return OpaqueFields.of(
        rest.clearNode()
            .clearInitializer()
            .clearSparseInitializer()
            .clearInput()
            .clearOutput()
            .clearValueInfo()
            .build()
            .toByteArray());
  }
}
