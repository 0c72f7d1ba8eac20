package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.ModuleCall;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.ProgramInfo;
import dev.octet.torch.graph.SymRange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the program part of schema 7.x and 8.x: everything of `models/NAME.json` but the weights.
///
/// @param graph the main graph
/// @param inputSpecs meaning of each graph input
/// @param outputSpecs meaning of each graph output
/// @param rangeConstraints bounds by symbol
/// @param moduleCalls the module tree
/// @param info versions and dialect
record ProgramParser(
    AtenGraph graph,
    List<InputSpec> inputSpecs,
    List<OutputSpec> outputSpecs,
    Map<String, SymRange> rangeConstraints,
    List<ModuleCall> moduleCalls,
    ProgramInfo info) {
  /// PyTorch 2.5 wrote 7.3; what 8 changed is read in either form.
  private static final long FIRST_MAJOR = 7;

  private static final long LAST_MAJOR = 8;

  static ProgramParser parse(Json json) {
    Json version = json.field("schema_version");
    long major = version.field("major").integer();
    long minor = version.field("minor").integer();
    if (major < FIRST_MAJOR || major > LAST_MAJOR) {
      throw OctetException.badInput(
          "pt2-version",
          json.file(),
          "written with schema %d.%d; this version of Octet reads %d.x to %d.x"
              .formatted(major, minor, FIRST_MAJOR, LAST_MAJOR),
          Pt2Hints.SAVE_WITH_NEWER);
    }
    Json module = json.field("graph_module");
    Json signature = module.field("signature");
    return new ProgramParser(
        GraphParser.graph(module.field("graph")),
        signature.field("input_specs").list(ProgramParser::inputSpec),
        signature.field("output_specs").list(ProgramParser::outputSpec),
        json.field("range_constraints").map(ProgramParser::range),
        module.field("module_call_graph").list(ProgramParser::moduleCall),
        info(json, module, major, minor));
  }

  private static ProgramInfo info(Json json, Json module, long major, long minor) {
    return new ProgramInfo(
        Math.toIntExact(major),
        (int) Math.max(0, Math.min(minor, Integer.MAX_VALUE)),
        json.optional("torch_version").map(Json::text).orElse(""),
        json.optional("verifiers").map(list -> list.list(Json::text)).orElseGet(List::of),
        json.optional("opset_version").map(map -> map.map(Json::integer)).orElseGet(Map::of),
        json.optional("guards_code").map(list -> list.list(Json::text)).orElseGet(List::of),
        module.optional("metadata").map(map -> map.map(Json::text)).orElseGet(Map::of),
        module
            .optional("treespec_namedtuple_fields")
            .map(map -> map.map(ProgramParser::namedTupleFields))
            .orElseGet(Map::of));
  }

  private static List<String> namedTupleFields(Json json) {
    return json.field("field_names").list(Json::text);
  }

  private static SymRange range(Json json) {
    return new SymRange(bound(json, "min_val"), bound(json, "max_val"));
  }

  // Schema 7 wrote no bound as an infinite number.
  private static @Nullable Long bound(Json json, String key) {
    return json.optional(key).filter(value -> !value.isInfinite()).map(Json::integer).orElse(null);
  }

  private static ModuleCall moduleCall(Json json) {
    return new ModuleCall(
        json.field("fqn").text(),
        json.optional("signature").map(ProgramParser::signature).orElse(null));
  }

  private static ModuleCall.Signature signature(Json json) {
    return new ModuleCall.Signature(
        json.field("inputs").list(GraphParser::argument),
        json.field("outputs").list(GraphParser::argument),
        json.field("in_spec").text(),
        json.field("out_spec").text(),
        json.optional("forward_arg_names").map(names -> names.list(Json::text)).orElse(null));
  }

  private static InputSpec inputSpec(Json json) {
    Json spec = json.variant();
    return switch (spec.key()) {
      case "user_input" -> new InputSpec.UserInput(GraphParser.argument(spec.field("arg")));
      case "parameter" ->
          new InputSpec.Parameter(argumentName(spec), spec.field("parameter_name").text());
      case "buffer" ->
          new InputSpec.Buffer(
              argumentName(spec),
              spec.field("buffer_name").text(),
              spec.optional("persistent").map(Json::bool).orElse(true));
      case "tensor_constant" ->
          new InputSpec.TensorConstant(
              argumentName(spec), spec.field("tensor_constant_name").text());
      case "custom_obj" ->
          new InputSpec.CustomObject(
              GraphParser.customObject(spec.field("arg")), spec.field("custom_obj_name").text());
      case "token" -> new InputSpec.Token(argumentName(spec));
      case "constant_input" ->
          new InputSpec.ConstantInput(spec.field("name").text(), constant(spec.field("value")));
      default -> throw spec.broken("is an input of unknown kind");
    };
  }

  private static AtenArgument constant(Json json) {
    Json value = json.variant();
    return switch (value.key()) {
      case "as_none", "as_int", "as_float", "as_string", "as_bool" -> GraphParser.argument(json);
      default -> throw value.broken("is a constant of unknown kind");
    };
  }

  private static OutputSpec outputSpec(Json json) {
    Json spec = json.variant();
    return switch (spec.key()) {
      case "user_output" -> new OutputSpec.UserOutput(GraphParser.argument(spec.field("arg")));
      case "buffer_mutation" ->
          new OutputSpec.BufferMutation(argumentName(spec), spec.field("buffer_name").text());
      case "parameter_mutation" ->
          new OutputSpec.ParameterMutation(argumentName(spec), spec.field("parameter_name").text());
      case "user_input_mutation" ->
          new OutputSpec.UserInputMutation(
              argumentName(spec), spec.field("user_input_name").text());
      case "loss_output" -> new OutputSpec.LossOutput(argumentName(spec));
      case "gradient_to_parameter" ->
          new OutputSpec.GradientToParameter(
              argumentName(spec), spec.field("parameter_name").text());
      case "gradient_to_user_input" ->
          new OutputSpec.GradientToUserInput(
              argumentName(spec), spec.field("user_input_name").text());
      case "token" -> new OutputSpec.Token(argumentName(spec));
      default -> throw spec.broken("is an output of unknown kind");
    };
  }

  private static String argumentName(Json spec) {
    return spec.field("arg").field("name").text();
  }
}
