package dev.octet.torch.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Reads sympy's `srepr` text by recursive descent, and prints expressions for people.
final class SymExprText {
  private static final int MAX_DEPTH = 200;

  private final String text;
  private int at;

  private SymExprText(String text) {
    this.text = text;
  }

  static SymExpr parse(String text) {
    SymExprText parser = new SymExprText(text);
    SymExpr expression = parser.expression(0);
    parser.skipSpaces();
    if (parser.at != text.length()) {
      throw parser.error("end of text");
    }
    return expression;
  }

  static String print(SymExpr expression) {
    if (!(expression instanceof SymExpr.Call call)) {
      return expression.toString();
    }
    List<SymExpr> arguments = call.arguments();
    return switch (call.function()) {
      case "Add" -> joined(arguments, "+").replace("+-", "-");
      case "Mul" -> joined(arguments, "*");
      case "FloorDiv", "CleanDiv" -> "floor(" + joined(arguments, "/") + ")";
      case "Mod", "PythonMod" -> "mod(" + joined(arguments, ", ") + ")";
      default -> call.function().toLowerCase(Locale.ROOT) + "(" + joined(arguments, ", ") + ")";
    };
  }

  private static String joined(List<SymExpr> arguments, String operator) {
    boolean tight = operator.equals("*") || operator.equals("/");
    return arguments.stream()
        .map(
            argument ->
                tight
                        && argument instanceof SymExpr.Call(String inner, var _)
                        && inner.equals("Add")
                    ? "(" + print(argument) + ")"
                    : print(argument))
        .collect(Collectors.joining(operator));
  }

  private SymExpr expression(int depth) {
    if (depth > MAX_DEPTH) {
      throw error("fewer than " + MAX_DEPTH + " nested calls");
    }
    skipSpaces();
    if (at < text.length() && (text.charAt(at) == '-' || Character.isDigit(text.charAt(at)))) {
      return new SymExpr.Literal(number());
    }
    String name = identifier();
    if (!accept('(')) {
      return new SymExpr.Call(name, List.of());
    }
    return switch (name) {
      case "Symbol" -> symbol();
      case "Integer" -> {
        skipSpaces();
        long value = number();
        require(')');
        yield new SymExpr.Literal(value);
      }
      default -> call(name, depth);
    };
  }

  private SymExpr call(String name, int depth) {
    List<SymExpr> arguments = new ArrayList<>();
    if (!accept(')')) {
      do {
        arguments.add(expression(depth + 1));
      } while (accept(','));
      require(')');
    }
    return new SymExpr.Call(name, arguments);
  }

  // Assumptions such as positive=True follow the name; they say nothing Octet uses.
  private SymExpr symbol() {
    require('\'');
    int end = text.indexOf('\'', at);
    if (end <= at) {
      throw error("a symbol's name");
    }
    String name = text.substring(at, end);
    int close = text.indexOf(')', end);
    if (close < 0) {
      throw error("')'");
    }
    at = close + 1;
    return new SymExpr.Symbol(name);
  }

  private long number() {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    try {
      return Long.parseLong(text.substring(start, at));
    } catch (NumberFormatException _) {
      at = start;
      throw error("an integer");
    }
  }

  private String identifier() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (start == at) {
      throw error("a function name");
    }
    return text.substring(start, at);
  }

  private boolean accept(char expected) {
    skipSpaces();
    if (at < text.length() && text.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private void require(char expected) {
    if (!accept(expected)) {
      throw error("'" + expected + "'");
    }
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private IllegalArgumentException error(String expected) {
    return new IllegalArgumentException(
        "expected %s at character %d of \"%s\"".formatted(expected, at, text));
  }
}
