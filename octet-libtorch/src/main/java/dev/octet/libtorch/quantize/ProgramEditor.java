package dev.octet.libtorch.quantize;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Edits a program's graph, signature and state together, so that they cannot drift apart.
final class ProgramEditor {
  private final ExportedProgram origin;
  private final AtenGraphBuilder graph;
  private final List<InputSpec> specs;
  private final Map<String, TorchTensor> state;
  private final Map<String, String> renamedOutputs = new HashMap<>();

  ProgramEditor(ExportedProgram program) {
    this.origin = program;
    this.graph = AtenGraphBuilder.of(program.graph());
    this.specs = new ArrayList<>(program.inputSpecs());
    this.state = new LinkedHashMap<>(program.state());
  }

  AtenGraphBuilder graph() {
    return graph;
  }

  /// Name in the state of the tensor behind a graph input.
  ///
  /// @return null when the value is no parameter or persistent buffer
  static @Nullable String fqn(ExportedProgram program, String value) {
    return fqn(program.inputSpecs(), value);
  }

  /// The state tensor behind a graph input, as edited so far.
  TorchTensor tensor(String value) {
    String fqn = Objects.requireNonNull(fqn(specs, value), value);
    return Objects.requireNonNull(state.get(fqn), fqn);
  }

  /// Gives the tensor behind a graph input other values of the same type and shape.
  void setTensor(String value, TorchTensor tensor) {
    String fqn = Objects.requireNonNull(fqn(specs, value), value);
    state.put(fqn, tensor.withRequiresGrad(tensor(value).requiresGrad()));
  }

  /// Adds a persistent buffer, as the last tensor before the caller's inputs.
  ///
  /// @return the graph input's name
  String addBuffer(String fqn, TorchTensor tensor) {
    return addState("b_", fqn, tensor);
  }

  /// Adds a parameter, as the last tensor before the caller's inputs.
  ///
  /// @return the graph input's name
  String addParameter(String fqn, TorchTensor tensor) {
    return addState("p_", fqn, tensor.withRequiresGrad(true));
  }

  /// Makes everybody read `replacement` where they read `value`, the program's results included.
  void replaceUses(String value, String replacement) {
    graph.replaceUses(value, replacement);
    renamedOutputs.put(value, replacement);
  }

  /// Adds a call in front of another node, with one tensor result named after `hint`.
  ///
  /// @param meta what is recorded of the result; null in graphs that are only run, never saved
  /// @return the result's name
  String insertBefore(
      AtenNode anchor, String hint, AtenOp op, @Nullable TensorMeta meta, NamedArgument... args) {
    String name = graph.freshName(hint);
    graph.insertBefore(anchor.name(), AtenNode.of(name, op, List.of(args), anchor.metadata()));
    if (meta != null) {
      graph.setMeta(name, meta);
    }
    return name;
  }

  /// The graph input that holds a parameter or persistent buffer, if it is there.
  Optional<String> find(String fqn) {
    return specs.stream()
        .map(InputSpec::value)
        .filter(value -> fqn.equals(fqn(specs, value)))
        .findFirst();
  }

  /// A state name nobody has, made from `hint`.
  String freshFqn(String hint) {
    String name = hint;
    for (int suffix = 1; state.containsKey(name); suffix++) {
      name = hint + "_" + suffix;
    }
    return name;
  }

  /// Takes a graph input and its tensor away.
  void removeState(String value) {
    String fqn = Objects.requireNonNull(fqn(specs, value), value);
    graph.removeInput(value);
    specs.removeIf(spec -> spec.value().equals(value));
    if (specs.stream().noneMatch(spec -> fqn.equals(fqn(List.of(spec), spec.value())))) {
      state.remove(fqn);
    }
  }

  /// Takes away every parameter and buffer that no node and no output reads.
  void removeUnreadState() {
    Set<String> read =
        graph.nodes().stream()
            .flatMap(node -> node.inputNames().stream())
            .collect(Collectors.toSet());
    graph.build().outputs().forEach(output -> read.addAll(output.references()));
    for (InputSpec spec : List.copyOf(specs)) {
      if (fqn(List.of(spec), spec.value()) != null && !read.contains(spec.value())) {
        removeState(spec.value());
      }
    }
  }

  ExportedProgram build() {
    List<OutputSpec> outputs = new ArrayList<>();
    for (OutputSpec spec : origin.outputSpecs()) {
      outputs.add(
          spec instanceof OutputSpec.UserOutput(AtenArgument argument)
              ? new OutputSpec.UserOutput(
                  argument.renamed(name -> renamedOutputs.getOrDefault(name, name)))
              : spec);
    }
    return new ExportedProgram(
        graph.build(),
        specs,
        outputs,
        state,
        origin.constants(),
        origin.rangeConstraints(),
        origin.moduleCalls(),
        origin.info(),
        origin.extraFiles(),
        origin.sampleInputs());
  }

  private String addState(String prefix, String fqn, TorchTensor tensor) {
    String value = graph.freshName(prefix + fqn.replace('.', '_'));
    int index = 0;
    while (index < specs.size() && !(specs.get(index) instanceof InputSpec.UserInput)) {
      index++;
    }
    graph.addInput(index, value, tensor.meta());
    specs.add(
        index,
        prefix.equals("p_")
            ? new InputSpec.Parameter(value, fqn)
            : new InputSpec.Buffer(value, fqn, true));
    state.put(fqn, tensor);
    return value;
  }

  private static @Nullable String fqn(List<InputSpec> specs, String value) {
    for (InputSpec spec : specs) {
      if (spec.value().equals(value)) {
        return switch (spec) {
          case InputSpec.Parameter(String _, String fqn) -> fqn;
          case InputSpec.Buffer(String _, String fqn, boolean persistent) ->
              persistent ? fqn : null;
          case InputSpec.UserInput _,
              InputSpec.TensorConstant _,
              InputSpec.CustomObject _,
              InputSpec.Token _,
              InputSpec.ConstantInput _ ->
              null;
        };
      }
    }
    return null;
  }
}
