package dev.octet.torch.archive;

import static dev.octet.torch.archive.GraphPrinter.JSON;
import static dev.octet.torch.archive.GraphPrinter.list;
import static dev.octet.torch.archive.GraphPrinter.map;
import static dev.octet.torch.archive.GraphPrinter.named;
import static dev.octet.torch.archive.GraphPrinter.union;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.ModuleCall;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.ProgramInfo;
import dev.octet.torch.graph.SymRange;

/// Writes `models/NAME.json`, the inverse of [ProgramParser].
final class ProgramPrinter {
  /// What an older program becomes when it is written again.
  private static final int WRITTEN_MAJOR = 8;

  private ProgramPrinter() {}

  static ObjectNode program(ExportedProgram program) {
    ProgramInfo info = program.info();
    ObjectNode signature = JSON.objectNode();
    signature.set("input_specs", list(program.inputSpecs(), ProgramPrinter::inputSpec));
    signature.set("output_specs", list(program.outputSpecs(), ProgramPrinter::outputSpec));
    ObjectNode module = JSON.objectNode();
    module.set("graph", GraphPrinter.graph(program.graph()));
    module.set("signature", signature);
    module.set("module_call_graph", list(program.moduleCalls(), ProgramPrinter::moduleCall));
    module.set("metadata", map(info.graphMetadata(), TextNode::valueOf));
    module.set(
        "treespec_namedtuple_fields",
        map(
            info.treespecNamedTupleFields(),
            names -> union("field_names", list(names, TextNode::valueOf))));
    ObjectNode json = JSON.objectNode();
    json.set("graph_module", module);
    json.set("opset_version", map(info.opsetVersions(), LongNode::valueOf));
    json.set("range_constraints", map(program.rangeConstraints(), ProgramPrinter::range));
    json.set(
        "schema_version",
        JSON.objectNode()
            .put("major", Math.max(info.schemaMajor(), WRITTEN_MAJOR))
            .put("minor", info.schemaMinor()));
    json.set("verifiers", list(info.verifiers(), TextNode::valueOf));
    json.put("torch_version", info.torchVersion());
    json.set("guards_code", list(info.guards(), TextNode::valueOf));
    return json;
  }

  private static ObjectNode range(SymRange range) {
    return JSON.objectNode().put("min_val", range.min()).put("max_val", range.max());
  }

  private static ObjectNode moduleCall(ModuleCall call) {
    ObjectNode json = JSON.objectNode().put("fqn", call.fqn());
    ModuleCall.Signature signature = call.signature();
    json.set("signature", signature == null ? JSON.nullNode() : signature(signature));
    return json;
  }

  private static ObjectNode signature(ModuleCall.Signature signature) {
    ObjectNode json = JSON.objectNode();
    json.set("inputs", list(signature.inputs(), GraphPrinter::argument));
    json.set("outputs", list(signature.outputs(), GraphPrinter::argument));
    json.put("in_spec", signature.inSpec());
    json.put("out_spec", signature.outSpec());
    var names = signature.forwardArgNames();
    json.set("forward_arg_names", names == null ? JSON.nullNode() : list(names, TextNode::valueOf));
    return json;
  }

  private static ObjectNode inputSpec(InputSpec spec) {
    return switch (spec) {
      case InputSpec.UserInput(AtenArgument argument) ->
          union("user_input", union("arg", GraphPrinter.argument(argument)));
      case InputSpec.Parameter(String value, String fqn) ->
          union("parameter", argument(value).put("parameter_name", fqn));
      case InputSpec.Buffer(String value, String fqn, boolean persistent) ->
          union("buffer", argument(value).put("buffer_name", fqn).put("persistent", persistent));
      case InputSpec.TensorConstant(String value, String fqn) ->
          union("tensor_constant", argument(value).put("tensor_constant_name", fqn));
      case InputSpec.CustomObject(AtenArgument.CustomObject object, String fqn) -> {
        ObjectNode json = union("arg", GraphPrinter.customObject(object));
        yield union("custom_obj", json.put("custom_obj_name", fqn));
      }
      case InputSpec.Token(String value) -> union("token", argument(value));
      case InputSpec.ConstantInput(String value, AtenArgument constant) -> {
        ObjectNode json = named(value);
        json.set("value", GraphPrinter.argument(constant));
        yield union("constant_input", json);
      }
    };
  }

  private static ObjectNode outputSpec(OutputSpec spec) {
    return switch (spec) {
      case OutputSpec.UserOutput(AtenArgument argument) ->
          union("user_output", union("arg", GraphPrinter.argument(argument)));
      case OutputSpec.LossOutput(String value) -> union("loss_output", argument(value));
      case OutputSpec.BufferMutation(String value, String fqn) ->
          union("buffer_mutation", argument(value).put("buffer_name", fqn));
      case OutputSpec.ParameterMutation(String value, String fqn) ->
          union("parameter_mutation", argument(value).put("parameter_name", fqn));
      case OutputSpec.UserInputMutation(String value, String input) ->
          union("user_input_mutation", argument(value).put("user_input_name", input));
      case OutputSpec.GradientToParameter(String value, String fqn) ->
          union("gradient_to_parameter", argument(value).put("parameter_name", fqn));
      case OutputSpec.GradientToUserInput(String value, String input) ->
          union("gradient_to_user_input", argument(value).put("user_input_name", input));
      case OutputSpec.Token(String value) -> union("token", argument(value));
    };
  }

  private static ObjectNode argument(String value) {
    return union("arg", named(value));
  }
}
