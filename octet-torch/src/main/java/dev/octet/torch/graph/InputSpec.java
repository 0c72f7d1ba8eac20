package dev.octet.torch.graph;

/// What one graph input means.
public sealed interface InputSpec {

  /// SSA name of the graph input; empty for a constant the caller passed.
  String value();

  /// An argument the caller passes.
  ///
  /// @param argument a tensor or a scalar
  record UserInput(AtenArgument argument) implements InputSpec {
    @Override
    public String value() {
      return argument.references().stream().findFirst().orElse("");
    }
  }

  /// A trained tensor, `fqn` in the program's state.
  record Parameter(String value, String fqn) implements InputSpec {}

  /// A tensor the module keeps but does not train; in the program's state when persistent, else
  /// among its constants.
  record Buffer(String value, String fqn, boolean persistent) implements InputSpec {}

  /// A tensor written in the code, `fqn` among the program's constants.
  record TensorConstant(String value, String fqn) implements InputSpec {}

  /// A scripted object.
  record CustomObject(AtenArgument.CustomObject argument, String fqn) implements InputSpec {
    @Override
    public String value() {
      return argument.name();
    }
  }

  /// An effect token.
  record Token(String value) implements InputSpec {}

  /// An argument that was a plain value at export and is fixed to it.
  ///
  /// @param constant [AtenArgument.None], an int, a float, a string or a boolean
  record ConstantInput(String value, AtenArgument constant) implements InputSpec {}
}
