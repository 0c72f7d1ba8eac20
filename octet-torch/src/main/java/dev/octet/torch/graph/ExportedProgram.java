package dev.octet.torch.graph;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A whole program as `torch.export` saves it.
///
/// @param graph the main graph
/// @param inputSpecs meaning of each graph input, in order
/// @param outputSpecs meaning of each graph output, in order
/// @param state parameters and persistent buffers by fully qualified name, in file order
/// @param constants lifted constants and non-persistent buffers by fully qualified name
/// @param rangeConstraints bounds of each symbol
/// @param moduleCalls the module tree; the root comes first and says how the program is called
/// @param info versions and dialect
/// @param extraFiles the user's own texts, such as `labels`, by name below `extra/`
/// @param sampleInputs the example inputs as PyTorch pickled them, carried along unread; `null`
///     when the file has none
public record ExportedProgram(
    AtenGraph graph,
    List<InputSpec> inputSpecs,
    List<OutputSpec> outputSpecs,
    Map<String, TorchTensor> state,
    Map<String, TorchTensor> constants,
    Map<String, SymRange> rangeConstraints,
    List<ModuleCall> moduleCalls,
    ProgramInfo info,
    Map<String, String> extraFiles,
    @Nullable MemorySegment sampleInputs) {

  public ExportedProgram {
    inputSpecs = List.copyOf(inputSpecs);
    outputSpecs = List.copyOf(outputSpecs);
    state = ordered(state);
    constants = ordered(constants);
    rangeConstraints = ordered(rangeConstraints);
    moduleCalls = List.copyOf(moduleCalls);
    extraFiles = ordered(extraFiles);
  }

  /// The tensor behind a graph input that the caller does not pass: parameter, buffer or constant.
  /// Empty for user inputs and for names that are no graph input.
  public Optional<TorchTensor> tensorOf(String inputValue) {
    return inputSpecs.stream()
        .filter(spec -> spec.value().equals(inputValue))
        .findFirst()
        .flatMap(this::tensorOf);
  }

  /// The tensor behind an input spec; empty for those the caller passes.
  public Optional<TorchTensor> tensorOf(InputSpec spec) {
    return switch (spec) {
      case InputSpec.Parameter(String _, String fqn) -> Optional.ofNullable(state.get(fqn));
      case InputSpec.Buffer(String _, String fqn, boolean persistent) ->
          Optional.ofNullable(persistent ? state.get(fqn) : constants.get(fqn));
      case InputSpec.TensorConstant(String _, String fqn) ->
          Optional.ofNullable(constants.get(fqn));
      case InputSpec.UserInput _,
          InputSpec.CustomObject _,
          InputSpec.Token _,
          InputSpec.ConstantInput _ ->
          Optional.empty();
    };
  }

  /// The inputs the caller passes, in order.
  public List<InputSpec.UserInput> userInputs() {
    return inputSpecs.stream()
        .filter(InputSpec.UserInput.class::isInstance)
        .map(InputSpec.UserInput.class::cast)
        .toList();
  }

  /// SSA names of the inputs the caller passes, in order. They are also the names of `forward`'s
  /// parameters.
  public List<String> userInputNames() {
    return userInputs().stream().map(InputSpec.UserInput::value).toList();
  }

  /// The results the program returns, in order, apart from mutated state.
  public List<AtenArgument> userOutputs() {
    return outputSpecs.stream()
        .filter(OutputSpec.UserOutput.class::isInstance)
        .map(spec -> ((OutputSpec.UserOutput) spec).argument())
        .toList();
  }

  /// SSA names of the results the program returns, in order.
  public List<String> userOutputValues() {
    return userOutputs().stream().flatMap(output -> output.references().stream()).toList();
  }

  /// Names for the results the program returns, in order of [#userOutputs]: the keys of a returned
  /// dictionary, `output` for a single tensor, `output_0` and so on for a tuple. Every form of this
  /// program (interpreted, exported) uses these.
  public List<String> userOutputNames() {
    ModuleCall.Signature signature =
        moduleCalls.isEmpty() ? null : moduleCalls.getFirst().signature();
    return CallStructure.leafNames(
        signature == null ? null : signature.outSpec(), userOutputs().size());
  }

  public ExportedProgram withGraph(AtenGraph other) {
    return new ExportedProgram(
        other,
        inputSpecs,
        outputSpecs,
        state,
        constants,
        rangeConstraints,
        moduleCalls,
        info,
        extraFiles,
        sampleInputs);
  }

  /// This program with another graph whose inputs mean something else.
  public ExportedProgram withGraph(AtenGraph other, List<InputSpec> otherInputSpecs) {
    return new ExportedProgram(
        other,
        otherInputSpecs,
        outputSpecs,
        state,
        constants,
        rangeConstraints,
        moduleCalls,
        info,
        extraFiles,
        sampleInputs);
  }

  /// This program with other meanings of its graph's outputs.
  public ExportedProgram withOutputSpecs(List<OutputSpec> others) {
    return new ExportedProgram(
        graph,
        inputSpecs,
        others,
        state,
        constants,
        rangeConstraints,
        moduleCalls,
        info,
        extraFiles,
        sampleInputs);
  }

  /// This program with other parameters and persistent buffers.
  public ExportedProgram withState(Map<String, TorchTensor> others) {
    return new ExportedProgram(
        graph,
        inputSpecs,
        outputSpecs,
        others,
        constants,
        rangeConstraints,
        moduleCalls,
        info,
        extraFiles,
        sampleInputs);
  }

  /// This program with other lifted constants.
  public ExportedProgram withConstants(Map<String, TorchTensor> others) {
    return new ExportedProgram(
        graph,
        inputSpecs,
        outputSpecs,
        state,
        others,
        rangeConstraints,
        moduleCalls,
        info,
        extraFiles,
        sampleInputs);
  }

  /// This program with other texts below `extra/`.
  public ExportedProgram withExtraFiles(Map<String, String> others) {
    return new ExportedProgram(
        graph,
        inputSpecs,
        outputSpecs,
        state,
        constants,
        rangeConstraints,
        moduleCalls,
        info,
        others,
        sampleInputs);
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
