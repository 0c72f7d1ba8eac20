package dev.octet.torch.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One operator call.
///
/// @param name unique in its graph
/// @param op what is called
/// @param arguments by schema name, in schema order; those equal to their default are absent
/// @param outputs the results in order: usually one [AtenArgument.TensorRef]; several for operators
///     with several results; one [AtenArgument.Tensors] for operators that return a list
/// @param metadata what the exporter noted, by the file's keys (`nn_module_stack`, `stack_trace`,
///     `torch_fn`, …)
/// @param singleTensorReturn of a higher-order operator: whether its one result is a bare tensor;
///     `null` for others
public record AtenNode(
    String name,
    AtenOp op,
    List<NamedArgument> arguments,
    List<AtenArgument> outputs,
    Map<String, String> metadata,
    @Nullable Boolean singleTensorReturn) {

  public AtenNode {
    arguments = List.copyOf(arguments);
    outputs = List.copyOf(outputs);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /// A call with one tensor result named like the node.
  public static AtenNode of(
      String name, AtenOp op, List<NamedArgument> arguments, Map<String, String> metadata) {
    return new AtenNode(name, op, arguments, List.of(AtenArgument.tensor(name)), metadata, null);
  }

  /// The argument of this schema name; empty when the call leaves it at its default.
  public Optional<AtenArgument> argument(String argumentName) {
    return arguments.stream()
        .filter(argument -> argument.name().equals(argumentName))
        .map(NamedArgument::value)
        .findFirst();
  }

  /// SSA name of the tensor passed under this schema name; empty when none is.
  public Optional<String> tensorArgument(String argumentName) {
    return argument(argumentName)
        .flatMap(
            value ->
                value instanceof AtenArgument.TensorRef(String tensor)
                    ? Optional.of(tensor)
                    : Optional.empty());
  }

  /// SSA name of the first result.
  ///
  /// @throws IllegalStateException when the node has no named result
  public String output() {
    return outputNames().stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(this + " has no result"));
  }

  /// SSA names of all results, lists flattened, in order.
  public List<String> outputNames() {
    return outputs.stream().flatMap(output -> output.references().stream()).toList();
  }

  /// SSA names of everything read, in order, repeats included.
  public List<String> inputNames() {
    return arguments.stream().flatMap(argument -> argument.value().references().stream()).toList();
  }

  /// Path in the module tree of the module whose `forward` made this call, such as
  /// `block1.block.0`; empty for the root module and when unrecorded.
  public String modulePath() {
    return lastModule()[0];
  }

  /// Class of that module, such as `torch.nn.modules.conv.Conv1d`; empty when unrecorded.
  public String moduleClass() {
    return lastModule()[1];
  }

  /// Python stack at the call, innermost frame last; empty when unrecorded.
  public String stackTrace() {
    return metadata.getOrDefault("stack_trace", "");
  }

  /// The Python function called, such as `conv1d_1;builtin_function_or_method.conv1d`; empty when
  /// unrecorded.
  public String torchFunction() {
    return metadata.getOrDefault("torch_fn", "");
  }

  public AtenNode withArguments(List<NamedArgument> others) {
    return new AtenNode(name, op, others, outputs, metadata, singleTensorReturn);
  }

  public AtenNode withOp(AtenOp other) {
    return new AtenNode(name, other, arguments, outputs, metadata, singleTensorReturn);
  }

  public AtenNode withOutputs(List<AtenArgument> others) {
    return new AtenNode(name, op, arguments, others, metadata, singleTensorReturn);
  }

  /// This call with argument `argumentName` replaced, or added last when it was at its default.
  public AtenNode withArgument(String argumentName, AtenArgument value) {
    boolean present = argument(argumentName).isPresent();
    List<NamedArgument> changed = new java.util.ArrayList<>();
    for (NamedArgument argument : arguments) {
      changed.add(argument.name().equals(argumentName) ? argument.withValue(value) : argument);
    }
    if (!present) {
      changed.add(NamedArgument.keyword(argumentName, value));
    }
    return withArguments(changed);
  }

  /// `conv1d = aten.conv1d.default(input=%x, weight=%w)`.
  @Override
  public String toString() {
    return name + " = " + op + arguments;
  }

  // "key,path,class;key,path,class", outermost first. A path may hold no comma, a class may.
  private String[] lastModule() {
    String stack = metadata.getOrDefault("nn_module_stack", "");
    String last = stack.substring(stack.lastIndexOf(';') + 1);
    String[] parts = last.split(",", 3);
    boolean placeholder = last.startsWith("_empty_nn_module_stack");
    return parts.length < 3 || placeholder
        ? new String[] {"", ""}
        : new String[] {parts[1], parts[2]};
  }
}
