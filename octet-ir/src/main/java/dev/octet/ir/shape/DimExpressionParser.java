package dev.octet.ir.shape;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the text of a [DimExpression]. A dimension's name need not be an expression, so text that
/// is none is an ordinary answer, not a failure.
final class DimExpressionParser {
  private final String text;
  private int position;
  private boolean broken;

  DimExpressionParser(String text) {
    this.text = text;
  }

  /// Whether a text is one symbol and nothing else; most are.
  static boolean isPlainName(String text) {
    if (text.isEmpty() || Character.isDigit(text.charAt(0))) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isNamePart(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /// The expression; empty when the text is not one.
  Optional<DimExpression> parse() {
    try {
      DimExpression sum = sum();
      skipSpace();
      return broken || position < text.length() ? Optional.empty() : Optional.of(sum);
    } catch (ArithmeticException e) {
      // Numbers beyond 64 bits or a division by zero: whatever this names, it is no size.
      return Optional.empty();
    }
  }

  private DimExpression sum() {
    DimExpression sum = take('-') ? product().times(-1) : product();
    while (!broken) {
      if (take('+')) {
        sum = sum.plus(product());
      } else if (take('-')) {
        sum = sum.minus(product());
      } else {
        break;
      }
    }
    return sum;
  }

  private DimExpression product() {
    DimExpression product = factor();
    while (!broken) {
      if (take('*')) {
        product = product.times(factor());
      } else if (text.startsWith("//", skipSpace())) {
        position += 2;
        product = product.floorDiv(factor());
      } else {
        break;
      }
    }
    return product;
  }

  private DimExpression factor() {
    if (take('(')) {
      return closing(sum());
    }
    if (position < text.length() && Character.isDigit(text.charAt(position))) {
      int start = position;
      while (position < text.length() && Character.isDigit(text.charAt(position))) {
        position++;
      }
      return number(text.substring(start, position));
    }
    String name = name();
    if (name == null) {
      return fail();
    }
    if (!take('(')) {
      return DimExpression.symbol(name);
    }
    return switch (name) {
      case "floor", "ceil" -> {
        DimExpression dividend = product();
        DimExpression divisor = take('/') ? factor() : fail();
        DimExpression quotient =
            name.equals("floor") ? dividend.floorDiv(divisor) : dividend.ceilDiv(divisor);
        yield closing(quotient);
      }
      case "max", "min" -> {
        DimExpression left = sum();
        DimExpression right = take(',') ? sum() : fail();
        yield closing(name.equals("max") ? left.max(right) : left.min(right));
      }
      default -> fail();
    };
  }

  private DimExpression number(String digits) {
    try {
      return DimExpression.of(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return fail();
    }
  }

  private @Nullable String name() {
    int start = skipSpace();
    while (position < text.length() && isNamePart(text.charAt(position))) {
      position++;
    }
    return position == start ? null : text.substring(start, position);
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == ':';
  }

  private DimExpression closing(DimExpression inner) {
    return take(')') ? inner : fail();
  }

  private boolean take(char expected) {
    if (skipSpace() < text.length() && text.charAt(position) == expected) {
      position++;
      return true;
    }
    return false;
  }

  private int skipSpace() {
    while (position < text.length() && text.charAt(position) == ' ') {
      position++;
    }
    return position;
  }

  /// Notes that the text is no expression; the value is never used. One keeps divisions harmless.
  private DimExpression fail() {
    broken = true;
    return DimExpression.of(1);
  }
}
