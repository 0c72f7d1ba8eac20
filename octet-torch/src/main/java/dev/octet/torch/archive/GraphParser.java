package dev.octet.torch.archive;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymExpr;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.SymScalar;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.Term;
import dev.octet.torch.graph.TorchDevice;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchLayout;
import dev.octet.torch.graph.TorchMemoryFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads the graph part of schema 8.x. Keys it does not know are skipped: minor versions add some.
final class GraphParser {
  private GraphParser() {}

  static AtenGraph graph(Json json) {
    return new AtenGraph(
        json.field("inputs").list(GraphParser::argument),
        json.field("nodes").list(GraphParser::node),
        json.field("outputs").list(GraphParser::argument),
        json.field("tensor_values").map(GraphParser::tensorMeta),
        optionalMap(json, "sym_int_values", GraphParser::symInt),
        optionalMap(json, "sym_bool_values", value -> symScalar(value, "as_bool", Json::bool)),
        optionalMap(json, "sym_float_values", value -> symScalar(value, "as_float", Json::number)),
        optionalMap(json, "custom_obj_values", GraphParser::customObject),
        json.optional("is_single_tensor_return").map(Json::bool).orElse(false));
  }

  static TensorMeta tensorMeta(Json json) {
    return new TensorMeta(
        dtype(json.field("dtype")),
        json.field("sizes").list(GraphParser::symInt),
        json.field("requires_grad").bool(),
        device(json.field("device")),
        json.field("strides").list(GraphParser::symInt),
        symInt(json.field("storage_offset")),
        layout(json.field("layout")));
  }

  static AtenArgument argument(Json json) {
    Json value = json.variant();
    return switch (value.key()) {
      case "as_none" -> new AtenArgument.None();
      case "as_tensor" -> new AtenArgument.TensorRef(tensorName(value));
      case "as_tensors" -> new AtenArgument.Tensors(value.list(GraphParser::tensorName));
      case "as_optional_tensors" -> {
        List<@Nullable String> names = new ArrayList<>();
        names.addAll(value.list(GraphParser::optionalTensor));
        yield new AtenArgument.OptionalTensors(names);
      }
      case "as_optional_tensor" -> new AtenArgument.OptionalTensor(optionalTensor(value));
      case "as_nested_tensors" ->
          new AtenArgument.NestedTensors(value.list(row -> row.list(GraphParser::tensorName)));
      case "as_int" -> new AtenArgument.IntValue(value.integer());
      case "as_ints" -> new AtenArgument.Ints(value.list(Json::integer));
      case "as_float" -> new AtenArgument.FloatValue(value.number());
      case "as_floats" -> new AtenArgument.Floats(value.list(Json::number));
      case "as_bool" -> new AtenArgument.BoolValue(value.bool());
      case "as_bools" -> new AtenArgument.Bools(value.list(Json::bool));
      case "as_string" -> new AtenArgument.StringValue(value.text());
      case "as_strings" -> new AtenArgument.Strings(value.list(Json::text));
      case "as_sym_int" -> new AtenArgument.SymIntValue(term(value, "as_int", Json::integer));
      case "as_sym_ints" ->
          new AtenArgument.SymInts(value.list(item -> term(item, "as_int", Json::integer)));
      case "as_sym_float" -> new AtenArgument.SymFloatValue(term(value, "as_float", Json::number));
      case "as_sym_floats" ->
          new AtenArgument.SymFloats(value.list(item -> term(item, "as_float", Json::number)));
      case "as_sym_bool" -> new AtenArgument.SymBoolValue(term(value, "as_bool", Json::bool));
      case "as_sym_bools" ->
          new AtenArgument.SymBools(value.list(item -> term(item, "as_bool", Json::bool)));
      case "as_scalar_type" -> new AtenArgument.Dtype(dtype(value));
      case "as_memory_format" ->
          new AtenArgument.MemoryFormat(
              TorchMemoryFormat.fromJson(value.integer())
                  .orElseThrow(() -> value.broken("is no known memory format")));
      case "as_layout" -> new AtenArgument.Layout(layout(value));
      case "as_device" -> new AtenArgument.Device(device(value));
      case "as_graph" ->
          new AtenArgument.Subgraph(value.field("name").text(), graph(value.field("graph")));
      case "as_custom_obj" -> customObject(value);
      case "as_operator" -> new AtenArgument.Operator(value.text());
      case "as_complex" ->
          new AtenArgument.Complex(value.field("real").number(), value.field("imag").number());
      case "as_int_lists" -> new AtenArgument.IntLists(value.list(row -> row.list(Json::integer)));
      case "as_float_lists" ->
          new AtenArgument.FloatLists(value.list(row -> row.list(Json::number)));
      case "as_string_to_argument" -> new AtenArgument.Arguments(value.map(GraphParser::argument));
      default -> throw value.broken("is an argument of unknown kind");
    };
  }

  static AtenArgument.CustomObject customObject(Json json) {
    return new AtenArgument.CustomObject(json.field("name").text(), json.field("class_fqn").text());
  }

  static String tensorName(Json json) {
    return json.field("name").text();
  }

  static SymInt symInt(Json json) {
    Json value = json.variant();
    return switch (value.key()) {
      case "as_int" -> new SymInt.Known(value.integer());
      case "as_expr" -> {
        Long hint =
            value
                .optional("hint")
                .flatMap(hints -> hints.optional("as_int"))
                .map(Json::integer)
                .orElse(null);
        yield new SymInt.Expression(expression(value.field("expr_str")), hint);
      }
      default -> throw value.broken("is a size of unknown kind");
    };
  }

  private static String expression(Json json) {
    try {
      SymExpr parsed = SymExpr.parse(json.text());
      return parsed == null ? "" : json.text();
    } catch (IllegalArgumentException e) {
      throw json.broken("is no size expression: " + e.getMessage());
    }
  }

  private static <T> SymScalar<T> symScalar(Json json, String literal, Function<Json, T> read) {
    Json value = json.variant();
    if (value.key().equals(literal)) {
      return new SymScalar.Known<>(read.apply(value));
    }
    if (!value.key().equals("as_expr")) {
      throw value.broken("is a scalar of unknown kind");
    }
    T hint =
        value.optional("hint").flatMap(hints -> hints.optional(literal)).map(read).orElse(null);
    return new SymScalar.Expression<>(value.field("expr_str").text(), hint);
  }

  private static AtenNode node(Json json) {
    List<AtenArgument> outputs = json.field("outputs").list(GraphParser::argument);
    String fallback =
        outputs.stream()
            .flatMap(output -> output.references().stream())
            .findFirst()
            .orElse(json.key());
    return new AtenNode(
        json.optional("name").map(Json::text).orElse(fallback),
        AtenOp.parse(json.field("target").text()),
        json.field("inputs").list(GraphParser::namedArgument),
        outputs,
        optionalMap(json, "metadata", Json::text),
        json.optional("is_hop_single_tensor_return").map(Json::bool).orElse(null));
  }

  private static NamedArgument namedArgument(Json json) {
    long kind = json.optional("kind").map(Json::integer).orElse(0L);
    return new NamedArgument(
        json.field("name").text(),
        argument(json.field("arg")),
        NamedArgument.Kind.fromJson(kind)
            .orElseThrow(() -> json.broken("has an unknown kind " + kind)));
  }

  private static @Nullable String optionalTensor(Json json) {
    Json value = json.variant();
    return switch (value.key()) {
      case "as_tensor" -> tensorName(value);
      case "as_none" -> null;
      default -> throw value.broken("is neither a tensor nor none");
    };
  }

  private static <T> Term<T> term(Json json, String literal, Function<Json, T> read) {
    Json value = json.variant();
    if (value.key().equals(literal)) {
      return new Term.Literal<>(read.apply(value));
    }
    if (value.key().equals("as_name")) {
      return new Term.Named<>(value.text());
    }
    throw value.broken("is a scalar of unknown kind");
  }

  private static TorchDtype dtype(Json json) {
    return TorchDtype.fromJson(json.integer())
        .orElseThrow(() -> json.broken("is no known element type: " + json.integer()));
  }

  private static TorchLayout layout(Json json) {
    return TorchLayout.fromJson(json.integer())
        .orElseThrow(() -> json.broken("is no known layout: " + json.integer()));
  }

  private static TorchDevice device(Json json) {
    return new TorchDevice(
        json.field("type").text(), json.optional("index").map(Json::integer).orElse(null));
  }

  private static <T> Map<String, T> optionalMap(Json json, String key, Function<Json, T> read) {
    return json.optional(key).map(value -> value.map(read)).orElseGet(Map::of);
  }
}
