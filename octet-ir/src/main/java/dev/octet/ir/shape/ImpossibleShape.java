package dev.octet.ir.shape;

/// A node whose inputs cannot go together. Caught by the inference run, which turns it into a
/// diagnostic and goes on with the next node.
final class ImpossibleShape extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message what was found and what the operator asks for
  ImpossibleShape(String message) {
    super(message, null, false, false);
  }
}
