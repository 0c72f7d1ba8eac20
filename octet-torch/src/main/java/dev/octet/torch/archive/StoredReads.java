package dev.octet.torch.archive;

import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a program reads of the tensors and objects stored beside it. Converted programs leave
/// others
/// there, among them pickled ones, which need not be readable.
///
/// @param weights names of parameters and buffers
/// @param constants names of lifted constants, of buffers that are not saved and of scripted
/// objects
record StoredReads(Set<String> weights, Set<String> constants) {

  static StoredReads of(AtenGraph graph, List<InputSpec> specs) {
    Set<String> values = values(graph);
    Set<String> weights = new HashSet<>();
    Set<String> constants = new HashSet<>();
    for (InputSpec spec : specs) {
      if (!values.contains(spec.value())) {
        continue;
      }
      switch (spec) {
        case InputSpec.Parameter(String _, String fqn) -> weights.add(fqn);
        case InputSpec.Buffer(String _, String fqn, boolean persistent) ->
            (persistent ? weights : constants).add(fqn);
        case InputSpec.TensorConstant(String _, String fqn) -> constants.add(fqn);
        case InputSpec.CustomObject object -> constants.add(object.fqn());
        case InputSpec.UserInput _, InputSpec.Token _, InputSpec.ConstantInput _ -> {}
      }
    }
    return new StoredReads(weights, constants);
  }

  /// The program without inputs for tensors that nothing reads and that were left unread.
  static ExportedProgram withoutUnread(ExportedProgram program) {
    Set<String> values = values(program.graph());
    Set<String> inputs = new HashSet<>();
    program.graph().inputs().forEach(input -> inputs.addAll(input.references()));
    AtenGraphBuilder graph = AtenGraphBuilder.of(program.graph());
    List<InputSpec> kept = new ArrayList<>();
    for (InputSpec spec : program.inputSpecs()) {
      boolean stored =
          switch (spec) {
            case InputSpec.Parameter _, InputSpec.Buffer _, InputSpec.TensorConstant _ -> true;
            case InputSpec.UserInput _,
                InputSpec.CustomObject _,
                InputSpec.Token _,
                InputSpec.ConstantInput _ ->
                false;
          };
      boolean read = !inputs.contains(spec.value()) || values.contains(spec.value());
      if (stored && !read && program.tensorOf(spec).isEmpty()) {
        graph.removeInput(spec.value());
      } else {
        kept.add(spec);
      }
    }
    return kept.size() == program.inputSpecs().size()
        ? program
        : program.withGraph(graph.build(), kept);
  }

  private static Set<String> values(AtenGraph graph) {
    Set<String> values = new HashSet<>();
    graph.nodes().forEach(node -> values.addAll(node.inputNames()));
    graph.outputs().forEach(output -> values.addAll(output.references()));
    return values;
  }
}
