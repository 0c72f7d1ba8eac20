package dev.octet.torch.archive;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What must hold of a program before anything uses it: every value is defined once and before it
/// is read, every tensor value is described, specs and graph agree, and every parameter, buffer and
/// constant has data of the recorded type and sizes.
final class ProgramCheck {
  private final String place;
  private final List<Diagnostic> found = new ArrayList<>();

  private ProgramCheck(String place) {
    this.place = place;
  }

  static void check(String place, ExportedProgram program) {
    ProgramCheck check = new ProgramCheck(place);
    check.graph(program.graph());
    check.specs(program);
    if (!check.found.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, check.found, null);
    }
  }

  private void graph(AtenGraph graph) {
    Set<String> defined = new HashSet<>();
    for (AtenArgument input : graph.inputs()) {
      define(graph, input, defined, "the graph's inputs");
    }
    for (AtenNode node : graph.nodes()) {
      for (String name : node.inputNames()) {
        if (!defined.contains(name)) {
          report("node " + node.name() + " reads " + name + " before it is computed");
        }
      }
      for (NamedArgument argument : node.arguments()) {
        if (argument.value() instanceof AtenArgument.Subgraph(String _, AtenGraph inner)) {
          graph(inner);
        }
      }
      for (AtenArgument output : node.outputs()) {
        define(graph, output, defined, "node " + node.name());
      }
    }
    for (AtenArgument output : graph.outputs()) {
      for (String name : output.references()) {
        if (!defined.contains(name)) {
          report("the graph returns " + name + ", which nothing computes");
        }
      }
    }
  }

  private void define(AtenGraph graph, AtenArgument value, Set<String> defined, String by) {
    for (String name : value.references()) {
      if (!defined.add(name)) {
        report(by + " defines " + name + " a second time");
      }
    }
    List<String> tensors =
        switch (value) {
          case AtenArgument.TensorRef(String name) -> List.of(name);
          case AtenArgument.Tensors(List<String> names) -> names;
          default -> List.of();
        };
    for (String name : tensors) {
      if (!graph.tensorValues().containsKey(name)) {
        report("tensor " + name + " is not described");
      }
    }
  }

  private void specs(ExportedProgram program) {
    if (program.inputSpecs().size() != program.graph().inputs().size()) {
      report(
          "the graph has %d inputs, the signature %d"
              .formatted(program.graph().inputs().size(), program.inputSpecs().size()));
      return;
    }
    if (program.outputSpecs().size() != program.graph().outputs().size()) {
      report(
          "the graph has %d outputs, the signature %d"
              .formatted(program.graph().outputs().size(), program.outputSpecs().size()));
    }
    for (InputSpec spec : program.inputSpecs()) {
      String fqn =
          switch (spec) {
            case InputSpec.Parameter(String _, String name) -> name;
            case InputSpec.Buffer(String _, String name, boolean _) -> name;
            case InputSpec.TensorConstant(String _, String name) -> name;
            case InputSpec.CustomObject(AtenArgument.CustomObject _, String _),
                InputSpec.UserInput(AtenArgument _),
                InputSpec.Token(String _),
                InputSpec.ConstantInput(String _, AtenArgument _) ->
                "";
          };
      if (!fqn.isEmpty()) {
        tensor(program, spec, fqn);
      }
    }
  }

  private void tensor(ExportedProgram program, InputSpec spec, String fqn) {
    Optional<TorchTensor> data = program.tensorOf(spec);
    TensorMeta meta = program.graph().tensorValues().get(spec.value());
    if (data.isEmpty()) {
      report(fqn + " has no data in the archive");
    } else if (meta == null) {
      report("input " + spec.value() + " of the signature is no tensor of the graph");
    } else if (meta.dtype() != data.get().dtype()
        || !meta.sizes().equals(data.get().sizes().stream().map(SymInt::of).toList())) {
      report("%s is %s in the graph and %s in the archive".formatted(fqn, meta, data.get()));
    }
  }

  private void report(String message) {
    found.add(new Diagnostic("pt2-program", place, message, Pt2Hints.FETCH_AGAIN));
  }
}
