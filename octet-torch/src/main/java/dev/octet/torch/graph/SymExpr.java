package dev.octet.torch.graph;

import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// An expression over the sizes of the inputs, as sympy printed it.
public sealed interface SymExpr {

  /// A symbol such as `s77`.
  record Symbol(String name) implements SymExpr {
    @Override
    public String toString() {
      return name;
    }
  }

  /// An integer.
  record Literal(long value) implements SymExpr {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /// A sympy function or operator by its class name, such as `Add`, `Mul`, `FloorDiv`, `Mod`,
  /// `Max`. The set is open; [#evaluate] says when it meets one it does not know.
  record Call(String function, List<SymExpr> arguments) implements SymExpr {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public String toString() {
      return SymExprText.print(this);
    }
  }

  /// Parses sympy's `srepr` form.
  ///
  /// @throws IllegalArgumentException when the text is not of that form
  static SymExpr parse(String text) {
    return SymExprText.parse(text);
  }

  /// The value for the given symbols.
  ///
  /// @throws IllegalArgumentException when a symbol has no value, or the expression holds a
  ///     function that is not known or whose value is no integer
  default long evaluate(Map<String, Long> symbols) {
    return SymExprValue.of(this, symbols);
  }

  /// Every symbol in the expression, in order of first appearance.
  default SequencedSet<String> symbols() {
    SequencedSet<String> found = new java.util.LinkedHashSet<>();
    switch (this) {
      case Symbol(String name) -> found.add(name);
      case Literal _ -> {}
      case Call(String _, List<SymExpr> arguments) ->
          arguments.forEach(argument -> found.addAll(argument.symbols()));
    }
    return found;
  }
}
