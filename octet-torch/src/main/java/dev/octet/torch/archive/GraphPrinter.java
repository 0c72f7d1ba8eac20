package dev.octet.torch.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.SymScalar;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.Term;
import dev.octet.torch.graph.TorchDevice;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes the graph part of schema 8.20, the inverse of [GraphParser].
final class GraphPrinter {
  static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private GraphPrinter() {}

  static ObjectNode graph(AtenGraph graph) {
    ObjectNode json = JSON.objectNode();
    json.set("inputs", list(graph.inputs(), GraphPrinter::argument));
    json.set("outputs", list(graph.outputs(), GraphPrinter::argument));
    json.set("nodes", list(graph.nodes(), GraphPrinter::node));
    json.set("tensor_values", map(graph.tensorValues(), GraphPrinter::tensorMeta));
    json.set("sym_int_values", map(graph.symIntValues(), GraphPrinter::symInt));
    json.set(
        "sym_bool_values",
        map(graph.symBoolValues(), value -> symScalar(value, "as_bool", BooleanNode::valueOf)));
    json.put("is_single_tensor_return", graph.singleTensorReturn());
    json.set("custom_obj_values", map(graph.customObjectValues(), GraphPrinter::customObject));
    json.set(
        "sym_float_values",
        map(graph.symFloatValues(), value -> symScalar(value, "as_float", GraphPrinter::number)));
    return json;
  }

  static ObjectNode tensorMeta(TensorMeta meta) {
    ObjectNode json = JSON.objectNode();
    json.put("dtype", meta.dtype().jsonNumber());
    json.set("sizes", list(meta.sizes(), GraphPrinter::symInt));
    json.put("requires_grad", meta.requiresGrad());
    json.set("device", device(meta.device()));
    json.set("strides", list(meta.strides(), GraphPrinter::symInt));
    json.set("storage_offset", symInt(meta.storageOffset()));
    json.put("layout", meta.layout().jsonNumber());
    return json;
  }

  static ObjectNode argument(AtenArgument argument) {
    return switch (argument) {
      case AtenArgument.None _ -> union("as_none", BooleanNode.TRUE);
      case AtenArgument.TensorRef(String name) -> union("as_tensor", named(name));
      case AtenArgument.Tensors(List<String> names) ->
          union("as_tensors", list(names, GraphPrinter::named));
      case AtenArgument.OptionalTensors optional -> {
        ArrayNode items = JSON.arrayNode();
        for (String name : optional.names()) {
          items.add(optionalTensor(name));
        }
        yield union("as_optional_tensors", items);
      }
      case AtenArgument.OptionalTensor optional ->
          union("as_optional_tensor", optionalTensor(optional.name()));
      case AtenArgument.NestedTensors(List<List<String>> names) ->
          union("as_nested_tensors", list(names, row -> list(row, GraphPrinter::named)));
      case AtenArgument.IntValue(long value) -> union("as_int", LongNode.valueOf(value));
      case AtenArgument.Ints(List<Long> values) ->
          union("as_ints", list(values, LongNode::valueOf));
      case AtenArgument.FloatValue(double value) -> union("as_float", number(value));
      case AtenArgument.Floats(List<Double> values) ->
          union("as_floats", list(values, GraphPrinter::number));
      case AtenArgument.BoolValue(boolean value) -> union("as_bool", BooleanNode.valueOf(value));
      case AtenArgument.Bools(List<Boolean> values) ->
          union("as_bools", list(values, BooleanNode::valueOf));
      case AtenArgument.StringValue(String value) -> union("as_string", TextNode.valueOf(value));
      case AtenArgument.Strings(List<String> values) ->
          union("as_strings", list(values, TextNode::valueOf));
      case AtenArgument.SymIntValue(Term<Long> term) ->
          union("as_sym_int", term(term, "as_int", LongNode::valueOf));
      case AtenArgument.SymInts(List<Term<Long>> terms) ->
          union("as_sym_ints", list(terms, term -> term(term, "as_int", LongNode::valueOf)));
      case AtenArgument.SymFloatValue(Term<Double> term) ->
          union("as_sym_float", term(term, "as_float", GraphPrinter::number));
      case AtenArgument.SymFloats(List<Term<Double>> terms) ->
          union("as_sym_floats", list(terms, term -> term(term, "as_float", GraphPrinter::number)));
      case AtenArgument.SymBoolValue(Term<Boolean> term) ->
          union("as_sym_bool", term(term, "as_bool", BooleanNode::valueOf));
      case AtenArgument.SymBools(List<Term<Boolean>> terms) ->
          union("as_sym_bools", list(terms, term -> term(term, "as_bool", BooleanNode::valueOf)));
      case AtenArgument.Dtype dtype ->
          union("as_scalar_type", LongNode.valueOf(dtype.dtype().jsonNumber()));
      case AtenArgument.MemoryFormat format ->
          union("as_memory_format", LongNode.valueOf(format.format().jsonNumber()));
      case AtenArgument.Layout layout ->
          union("as_layout", LongNode.valueOf(layout.layout().jsonNumber()));
      case AtenArgument.Device(TorchDevice device) -> union("as_device", device(device));
      case AtenArgument.Subgraph(String name, AtenGraph graph) -> {
        ObjectNode json = named(name);
        json.set("graph", graph(graph));
        yield union("as_graph", json);
      }
      case AtenArgument.CustomObject object -> union("as_custom_obj", customObject(object));
      case AtenArgument.Operator(String target) -> union("as_operator", TextNode.valueOf(target));
      case AtenArgument.Complex(double real, double imaginary) -> {
        ObjectNode json = JSON.objectNode();
        json.set("real", number(real));
        json.set("imag", number(imaginary));
        yield union("as_complex", json);
      }
      case AtenArgument.IntLists(List<List<Long>> values) ->
          union("as_int_lists", list(values, row -> list(row, LongNode::valueOf)));
      case AtenArgument.FloatLists(List<List<Double>> values) ->
          union("as_float_lists", list(values, row -> list(row, GraphPrinter::number)));
      case AtenArgument.Arguments(Map<String, AtenArgument> values) ->
          union("as_string_to_argument", map(values, GraphPrinter::argument));
    };
  }

  static ObjectNode customObject(AtenArgument.CustomObject object) {
    return named(object.name()).put("class_fqn", object.classFqn());
  }

  static ObjectNode named(String name) {
    return JSON.objectNode().put("name", name);
  }

  static ObjectNode union(String key, JsonNode value) {
    ObjectNode json = JSON.objectNode();
    json.set(key, value);
    return json;
  }

  static <T> ArrayNode list(List<T> values, Function<? super T, ? extends JsonNode> print) {
    ArrayNode json = JSON.arrayNode(values.size());
    values.forEach(value -> json.add(print.apply(value)));
    return json;
  }

  static <T> ObjectNode map(Map<String, T> values, Function<? super T, ? extends JsonNode> print) {
    ObjectNode json = JSON.objectNode();
    values.forEach((key, value) -> json.set(key, print.apply(value)));
    return json;
  }

  // The file is strict JSON, which has no words for the non-finite numbers.
  static JsonNode number(double value) {
    return Double.isFinite(value)
        ? DoubleNode.valueOf(value)
        : TextNode.valueOf(Double.toString(value));
  }

  private static ObjectNode node(AtenNode node) {
    ObjectNode json = JSON.objectNode();
    json.put("target", node.op().target());
    json.set("inputs", list(node.arguments(), GraphPrinter::namedArgument));
    json.set("outputs", list(node.outputs(), GraphPrinter::argument));
    json.set("metadata", map(node.metadata(), TextNode::valueOf));
    json.put("is_hop_single_tensor_return", node.singleTensorReturn());
    json.put("name", node.name());
    return json;
  }

  private static ObjectNode namedArgument(NamedArgument argument) {
    ObjectNode json = named(argument.name());
    json.set("arg", argument(argument.value()));
    json.put("kind", argument.kind().jsonNumber());
    return json;
  }

  private static ObjectNode optionalTensor(@Nullable String name) {
    return name == null ? union("as_none", BooleanNode.TRUE) : union("as_tensor", named(name));
  }

  private static ObjectNode symInt(SymInt size) {
    return switch (size) {
      case SymInt.Known(long value) -> union("as_int", LongNode.valueOf(value));
      case SymInt.Expression expression -> {
        Long hint = expression.hint();
        yield expression(
            expression.text(), hint == null ? null : union("as_int", LongNode.valueOf(hint)));
      }
    };
  }

  private static <T> ObjectNode symScalar(
      SymScalar<T> scalar, String literal, Function<T, ? extends JsonNode> print) {
    return switch (scalar) {
      case SymScalar.Known<T> known -> union(literal, print.apply(known.value()));
      case SymScalar.Expression<T> expression -> {
        T hint = expression.hint();
        yield expression(
            expression.text(), hint == null ? null : union(literal, print.apply(hint)));
      }
    };
  }

  private static ObjectNode expression(String text, @Nullable ObjectNode hint) {
    ObjectNode json = JSON.objectNode().put("expr_str", text);
    json.set("hint", hint == null ? JSON.nullNode() : hint);
    return union("as_expr", json);
  }

  private static <T> ObjectNode term(
      Term<T> term, String literal, Function<T, ? extends JsonNode> print) {
    return switch (term) {
      case Term.Literal<T> value -> union(literal, print.apply(value.value()));
      case Term.Named<T> value -> union("as_name", TextNode.valueOf(value.name()));
    };
  }

  private static ObjectNode device(TorchDevice device) {
    return JSON.objectNode().put("type", device.type()).put("index", device.index());
  }
}
