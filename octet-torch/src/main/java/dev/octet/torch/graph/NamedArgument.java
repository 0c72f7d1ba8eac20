package dev.octet.torch.graph;

import java.util.Arrays;
import java.util.Optional;

/// An argument with the name the operator's schema gives it. Arguments equal to their schema
/// default are absent from a node.
///
/// @param name empty for the operands of higher-order operators
/// @param value what is passed
/// @param kind how Python passed it
public record NamedArgument(String name, AtenArgument value, Kind kind) {

  /// How an argument is passed, numbered as in the file.
  public enum Kind {
    UNKNOWN(0),
    POSITIONAL(1),
    KEYWORD(2);

    private final int jsonNumber;

    Kind(int jsonNumber) {
      this.jsonNumber = jsonNumber;
    }

    public static Optional<Kind> fromJson(long number) {
      return Arrays.stream(values()).filter(kind -> kind.jsonNumber == number).findFirst();
    }

    public int jsonNumber() {
      return jsonNumber;
    }
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
