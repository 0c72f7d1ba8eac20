package dev.octet.torch.graph;

/// An argument with the name the operator's schema gives it. Arguments equal to their schema
/// default are absent from a node.
///
/// @param name empty for the operands of higher-order operators
/// @param value what is passed
/// @param kind how Python passed it
public record NamedArgument(String name, AtenArgument value, Kind kind) {

  /// How an argument is passed, numbered as in the file.
  public enum Kind {
    UNKNOWN,
    POSITIONAL,
    KEYWORD
  }

  /// A positional argument.
  public static NamedArgument of(String name, AtenArgument value) {
    return new NamedArgument(name, value, Kind.POSITIONAL);
  }

  /// A keyword-only argument.
  public static NamedArgument keyword(String name, AtenArgument value) {
    return new NamedArgument(name, value, Kind.KEYWORD);
  }

  public NamedArgument withValue(AtenArgument other) {
    return new NamedArgument(name, other, kind);
  }
}
