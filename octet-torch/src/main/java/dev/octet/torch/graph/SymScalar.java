package dev.octet.torch.graph;

import org.jspecify.annotations.Nullable;

/// A floating-point or boolean scalar of the graph: a value, or an expression over symbols.
///
/// @param <T> Double or Boolean
public sealed interface SymScalar<T> {

  /// A value fixed at export.
  record Known<T>(T value) implements SymScalar<T> {}

  /// A value that depends on the inputs.
  ///
  /// @param text the expression in sympy's `srepr` form
  /// @param hint what it was for the example inputs; `null` when unrecorded
  record Expression<T>(String text, @Nullable T hint) implements SymScalar<T> {}
}
