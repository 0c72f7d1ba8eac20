package dev.octet.torch.graph;

import org.jspecify.annotations.Nullable;

/// A size: a number, or an expression over the program's symbols.
public sealed interface SymInt {

  /// A size fixed at export.
  record Known(long value) implements SymInt {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /// A size that depends on the inputs.
  ///
  /// @param text the expression as the file has it, in sympy's `srepr` form
  /// @param hint what it was for the example inputs; `null` when unrecorded
  record Expression(String text, @Nullable Long hint) implements SymInt {

    /// The expression, parsed.
    public SymExpr expression() {
      return SymExpr.parse(text);
    }

    @Override
    public String toString() {
      return expression().toString();
    }
  }

  static SymInt of(long value) {
    return new Known(value);
  }
}
