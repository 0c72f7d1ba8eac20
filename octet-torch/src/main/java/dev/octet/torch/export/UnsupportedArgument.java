package dev.octet.torch.export;

/// Thrown where a call's argument is read in a form it does not have; never leaves this package.
final class UnsupportedArgument extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsupportedArgument(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
