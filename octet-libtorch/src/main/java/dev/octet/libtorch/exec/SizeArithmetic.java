package dev.octet.libtorch.exec;

import dev.octet.torch.graph.AtenOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Python's own functions on sizes: `_operator.*`, `torch.sym_*`, `math.*`. They are no operators
/// of libtorch; each is one line here. Integers stay integers as in Python, except under true
/// division.
final class SizeArithmetic {
  private SizeArithmetic() {}

  /// The function behind a target such as `_operator.floordiv`; empty when it is not one of these.
  static Optional<Kernel> find(AtenOp op) {
    return Optional.ofNullable(
        switch (op.target()) {
          case "_operator.add" -> exact(Math::addExact, Double::sum);
          case "_operator.sub" -> exact(Math::subtractExact, (a, b) -> a - b);
          case "_operator.mul" -> exact(Math::multiplyExact, (a, b) -> a * b);
          case "_operator.floordiv" -> exact(Math::floorDiv, (a, b) -> Math.floor(a / b));
          case "_operator.mod" -> exact(Math::floorMod, (a, b) -> a - b * Math.floor(a / b));
          case "_operator.truediv" -> binary((a, b) -> TorchValue.of(a.asDouble() / b.asDouble()));
          case "_operator.pow" -> exact(SizeArithmetic::power, Math::pow);
          case "_operator.neg" -> unary(a -> integral(a) ? of(-a.asInt()) : of(-a.asDouble()));
          case "_operator.pos" -> unary(a -> a);
          case "_operator.lt" -> binary((a, b) -> TorchValue.of(a.asDouble() < b.asDouble()));
          case "_operator.le" -> binary((a, b) -> TorchValue.of(a.asDouble() <= b.asDouble()));
          case "_operator.gt" -> binary((a, b) -> TorchValue.of(a.asDouble() > b.asDouble()));
          case "_operator.ge" -> binary((a, b) -> TorchValue.of(a.asDouble() >= b.asDouble()));
          case "_operator.eq" -> binary((a, b) -> TorchValue.of(a.asDouble() == b.asDouble()));
          case "_operator.ne" -> binary((a, b) -> TorchValue.of(a.asDouble() != b.asDouble()));
          case "_operator.and_" -> binary((a, b) -> TorchValue.of(a.asBool() && b.asBool()));
          case "_operator.or_" -> binary((a, b) -> TorchValue.of(a.asBool() || b.asBool()));
          case "_operator.not_", "torch.sym_not" -> unary(a -> TorchValue.of(!a.asBool()));
          case "torch.sym_max" -> exact(Math::max, Math::max);
          case "torch.sym_min" -> exact(Math::min, Math::min);
          case "torch.sym_int", "math.trunc" -> unary(a -> of((long) a.asDouble()));
          case "math.floor" -> unary(a -> of((long) Math.floor(a.asDouble())));
          case "math.ceil" -> unary(a -> of((long) Math.ceil(a.asDouble())));
          case "torch.sym_float" -> unary(a -> of(a.asDouble()));
          case "torch._sym_sqrt", "math.sqrt" -> unary(a -> of(Math.sqrt(a.asDouble())));
          case "torch.sym_ite" ->
              (positional, named) -> {
                List<TorchValue> all = all(positional, named);
                return List.of(all.get(0).asBool() ? all.get(1) : all.get(2));
              };
          case "torch.sym_sum" ->
              unary(a -> of(a.asList().stream().mapToLong(TorchValue::asInt).sum()));
          default -> null;
        });
  }

  private interface Unary {
    TorchValue apply(TorchValue a);
  }

  private interface Binary {
    TorchValue apply(TorchValue a, TorchValue b);
  }

  private static Kernel unary(Unary function) {
    return (positional, named) -> List.of(function.apply(all(positional, named).getFirst()));
  }

  private static Kernel binary(Binary function) {
    return (positional, named) -> {
      List<TorchValue> all = all(positional, named);
      return List.of(function.apply(all.get(0), all.get(1)));
    };
  }

  private static Kernel exact(
      java.util.function.LongBinaryOperator integers,
      java.util.function.DoubleBinaryOperator numbers) {
    return binary(
        (a, b) ->
            integral(a) && integral(b)
                ? of(integers.applyAsLong(a.asInt(), b.asInt()))
                : of(numbers.applyAsDouble(a.asDouble(), b.asDouble())));
  }

  private static List<TorchValue> all(List<TorchValue> positional, Map<String, TorchValue> named) {
    List<TorchValue> all = new ArrayList<>(positional);
    all.addAll(named.values());
    return all;
  }

  private static boolean integral(TorchValue value) {
    return value instanceof TorchValue.OfInt || value instanceof TorchValue.OfBool;
  }

  private static TorchValue of(long value) {
    return TorchValue.of(value);
  }

  private static TorchValue of(double value) {
    return TorchValue.of(value);
  }

  private static long power(long base, long exponent) {
    long product = 1;
    for (long step = 0; step < exponent; step++) {
      product = Math.multiplyExact(product, base);
    }
    return product;
  }
}
