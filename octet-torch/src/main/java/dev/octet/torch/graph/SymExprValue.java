package dev.octet.torch.graph;

import java.util.List;
import java.util.Map;

/// Evaluates size expressions over integers, truth values as 0 and 1.
final class SymExprValue {
  private SymExprValue() {}

  static long of(SymExpr expression, Map<String, Long> symbols) {
    return switch (expression) {
      case SymExpr.Literal(long value) -> value;
      case SymExpr.Symbol(String name) -> {
        Long value = symbols.get(name);
        if (value == null) {
          throw new IllegalArgumentException("no value for symbol " + name);
        }
        yield value;
      }
      case SymExpr.Call(String function, List<SymExpr> arguments) ->
          apply(
              function,
              arguments.stream().mapToLong(argument -> of(argument, symbols)).toArray(),
              expression);
    };
  }

  private static long apply(String function, long[] values, SymExpr expression) {
    return switch (function) {
      case "Add" -> reduce(values, 0, Math::addExact);
      case "Mul" -> reduce(values, 1, Math::multiplyExact);
      case "Max" -> reduce(values, Long.MIN_VALUE, Math::max);
      case "Min" -> reduce(values, Long.MAX_VALUE, Math::min);
      case "FloorDiv", "CleanDiv" -> Math.floorDiv(at(values, 0), divisor(values, expression));
      case "Mod", "PythonMod" -> Math.floorMod(at(values, 0), divisor(values, expression));
      case "Pow" -> power(at(values, 0), at(values, 1), expression);
      case "Abs" -> Math.absExact(at(values, 0));
      case "Equality", "Eq" -> truth(at(values, 0) == at(values, 1));
      case "Unequality", "Ne" -> truth(at(values, 0) != at(values, 1));
      case "StrictGreaterThan", "Gt" -> truth(at(values, 0) > at(values, 1));
      case "StrictLessThan", "Lt" -> truth(at(values, 0) < at(values, 1));
      case "GreaterThan", "Ge" -> truth(at(values, 0) >= at(values, 1));
      case "LessThan", "Le" -> truth(at(values, 0) <= at(values, 1));
      case "Not" -> truth(at(values, 0) == 0);
      case "And" -> reduce(values, 1, (a, b) -> truth(a != 0 && b != 0));
      case "Or" -> reduce(values, 0, (a, b) -> truth(a != 0 || b != 0));
      case "true" -> 1;
      case "false" -> 0;
      default ->
          throw new IllegalArgumentException(
              "unknown function " + function + " in the size expression " + expression);
    };
  }

  private static long reduce(
      long[] values, long start, java.util.function.LongBinaryOperator operator) {
    return java.util.Arrays.stream(values).reduce(start, operator);
  }

  private static long at(long[] values, int index) {
    if (index >= values.length) {
      throw new IllegalArgumentException("size expression with too few operands");
    }
    return values[index];
  }

  private static long divisor(long[] values, SymExpr expression) {
    long value = at(values, 1);
    if (value == 0) {
      throw new IllegalArgumentException("division by zero in " + expression);
    }
    return value;
  }

  private static long power(long base, long exponent, SymExpr expression) {
    if (exponent < 0) {
      throw new IllegalArgumentException(expression + " is no integer");
    }
    long product = 1;
    for (long step = 0; step < exponent; step++) {
      product = Math.multiplyExact(product, base);
    }
    return product;
  }

  private static long truth(boolean condition) {
    return condition ? 1 : 0;
  }
}
