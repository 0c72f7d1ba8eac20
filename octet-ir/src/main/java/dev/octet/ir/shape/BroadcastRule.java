package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Elementwise operators of two or more inputs that broadcast (opset 7 and newer), comparisons and
/// `Where` among them.
final class BroadcastRule implements ShapeRule {
  private static final Set<String> BOOLEAN_RESULT =
      Set.of("And", "Or", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual");

  @Override
  public List<String> operators() {
    return List.of(
        "Add",
        "And",
        "BitShift",
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor",
        "Div",
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "Max",
        "Mean",
        "Min",
        "Mod",
        "Mul",
        "Or",
        "Pow",
        "Sub",
        "Sum",
        "Where",
        "Xor");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    String op = context.node().opType();
    Optional<DataType> type =
        BOOLEAN_RESULT.contains(op)
            ? Optional.of(DataType.BOOL)
            : op.equals("Where")
                ? context.dataType(1).or(() -> context.dataType(2))
                : op.equals("Pow") ? context.dataType(0) : firstType(context);
    if (type.isEmpty()) {
      return ShapeOutcome.unknown("the element type of its inputs is not known");
    }
    Shape shape = broadcast(context);
    KnownIntegers known = elements(context, op).orElse(null);
    if (known != null && shape != null && known.shape().equals(shape)) {
      return ShapeOutcome.of(type.get(), known);
    }
    boolean complete = shape == null || shape.dims().stream().noneMatch(BroadcastRule::isUnknown);
    Output output = Output.of(type.get(), shape);
    return ShapeOutcome.of(
        complete ? output : output.because("which input's symbolic size wins is not known"));
  }

  private static boolean isUnknown(dev.octet.ir.Dim dim) {
    return dim instanceof dev.octet.ir.Dim.Unknown;
  }

  private static Optional<DataType> firstType(ShapeContext context) {
    for (int i = 0; i < context.inputCount(); i++) {
      Optional<DataType> type = context.dataType(i);
      if (type.isPresent()) {
        return type;
      }
    }
    return Optional.empty();
  }

  private static @Nullable Shape broadcast(ShapeContext context) {
    Shape result = new Shape(List.of());
    for (int i = 0; i < context.inputCount(); i++) {
      Optional<Shape> shape = context.shape(i);
      if (shape.isEmpty()) {
        return null;
      }
      result = DimArithmetic.broadcast(result, shape.get());
    }
    return result;
  }

  private static Optional<KnownIntegers> elements(ShapeContext context, String op) {
    Optional<KnownIntegers> left = context.integers(0);
    Optional<KnownIntegers> right = context.integers(1);
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    if (op.equals("Where")) {
      return context.integers(2).flatMap(other -> where(left.get(), right.get(), other));
    }
    if (context.inputCount() != 2) {
      return Optional.empty();
    }
    return switch (op) {
      case "Add", "Sum" -> left.get().combine(right.get(), DimExpression::plus);
      case "Sub" -> left.get().combine(right.get(), DimExpression::minus);
      case "Mul" -> left.get().combine(right.get(), DimExpression::times);
      case "Div" -> left.get().combine(right.get(), BroadcastRule::divide);
      case "Max" -> left.get().combine(right.get(), DimExpression::max);
      case "Min" -> left.get().combine(right.get(), DimExpression::min);
      case "Equal" -> left.get().combine(right.get(), BroadcastRule::equal);
      default -> Optional.empty();
    };
  }

  /// ONNX divides integers towards zero: the floor for sizes, which are not negative.
  private static @Nullable DimExpression divide(
      @Nullable DimExpression dividend, @Nullable DimExpression divisor) {
    if (dividend == null || divisor == null || divisor.is(0)) {
      return null;
    }
    OptionalLong a = dividend.value();
    OptionalLong b = divisor.value();
    if (a.isPresent() && b.isPresent()) {
      return DimExpression.of(a.getAsLong() / b.getAsLong());
    }
    boolean positive = b.isEmpty() || b.getAsLong() > 0;
    return positive ? dividend.floorDiv(divisor) : null;
  }

  private static @Nullable DimExpression equal(
      @Nullable DimExpression left, @Nullable DimExpression right) {
    if (left == null || right == null) {
      return null;
    }
    OptionalLong difference = left.minus(right).value();
    if (difference.isPresent()) {
      return DimExpression.of(difference.getAsLong() == 0 ? 1 : 0);
    }
    // A size is never negative, so a symbol never equals the -1 of "keep this dimension".
    return isNegative(left) || isNegative(right) ? DimExpression.of(0) : null;
  }

  private static boolean isNegative(DimExpression expression) {
    OptionalLong value = expression.value();
    return value.isPresent() && value.getAsLong() < 0;
  }

  private static Optional<KnownIntegers> where(
      KnownIntegers condition, KnownIntegers yes, KnownIntegers no) {
    Optional<long[]> truth = condition.numbers();
    int size = Math.max(condition.size(), Math.max(yes.size(), no.size()));
    if (truth.isEmpty()) {
      return Optional.empty();
    }
    java.util.ArrayList<@Nullable DimExpression> chosen = new java.util.ArrayList<>();
    for (int i = 0; i < size; i++) {
      boolean take = truth.get()[condition.size() == 1 ? 0 : i] != 0;
      KnownIntegers from = take ? yes : no;
      chosen.add(from.elements().get(from.size() == 1 ? 0 : i));
    }
    return Optional.of(
        new KnownIntegers(chosen, condition.scalar() && yes.scalar() && no.scalar()));
  }
}
