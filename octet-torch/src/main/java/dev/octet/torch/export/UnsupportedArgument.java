package dev.octet.torch.export;

/// Thrown where a call's argument is read in a form it does not have; never leaves this package.
final class UnsupportedArgument extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean consequence;

  UnsupportedArgument(String reason) {
    this(reason, false);
  }

  private UnsupportedArgument(String reason, boolean consequence) {
    super(reason, null, false, false);
    this.consequence = consequence;
  }

  /// The call reads a value that could not be translated; that has been reported already.
  static UnsupportedArgument untranslated(String name) {
    return new UnsupportedArgument("it reads " + name + ", which could not be translated", true);
  }

  /// Whether this only follows from another call that could not be translated.
  boolean isConsequence() {
    return consequence;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  /// What the user can do; empty when the reason says all there is to say.
  String hint() {
    return reason().contains("varying")
        ? "leave that dimension out of dynamic_shapes, so that its size is known"
        : "";
  }
}
