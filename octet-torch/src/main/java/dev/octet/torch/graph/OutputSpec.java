package dev.octet.torch.graph;

/// What one graph output means.
public sealed interface OutputSpec {

  /// Something the program returns.
  record UserOutput(AtenArgument argument) implements OutputSpec {}

  /// The value a buffer has after the call.
  record BufferMutation(String value, String fqn) implements OutputSpec {}

  /// The value a parameter has after the call.
  record ParameterMutation(String value, String fqn) implements OutputSpec {}

  /// The value an input has after the call.
  record UserInputMutation(String value, String userInput) implements OutputSpec {}

  /// The loss of a joint forward and backward graph.
  record LossOutput(String value) implements OutputSpec {}

  /// Gradient of a parameter.
  record GradientToParameter(String value, String fqn) implements OutputSpec {}

  /// Gradient of an input.
  record GradientToUserInput(String value, String userInput) implements OutputSpec {}

  /// An effect token.
  record Token(String value) implements OutputSpec {}
}
