package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
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

  private static boolean isUnknown(Dim dim) {
    return dim instanceof Dim.Unknown;
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
      result = context.broadcast(result, shape.get());
    }
    return result;
  }

  private static Optional<KnownIntegers> elements(ShapeContext context, String op) {
    Optional<KnownIntegers> result = context.integers(0);
    if (op.equals("Where")) {
      return result.flatMap(
          truth ->
              context
                  .integers(1)
                  .flatMap(yes -> context.integers(2).flatMap(no -> where(truth, yes, no))));
    }
    for (int i = 1; i < context.inputCount() && result.isPresent(); i++) {
      Optional<KnownIntegers> right = context.integers(i);
      result =
          right.isEmpty()
              ? Optional.empty()
              : result.get().combine(right.get(), (a, b) -> combined(context, a, b));
    }
    return result;
  }

  private static @Nullable DimExpression combined(
      ShapeContext context, @Nullable DimExpression left, @Nullable DimExpression right) {
    if (left == null || right == null) {
      return null;
    }
    String op = context.node().opType();
    return switch (op) {
      case "Add", "Sum" -> left.plus(right);
      case "Sub" -> left.minus(right);
      case "Mul" -> left.times(right);
      case "Div" -> divide(left, right);
      case "Max" -> left.max(right);
      case "Min" ->
          isBoundless(context, right, left)
              ? left
              : isBoundless(context, left, right) ? right : left.min(right);
      case "Equal" -> equal(left, right);
      default -> ofNumbers(op, left.value(), right.value());
    };
  }

  private static boolean isBoundless(
      ShapeContext context, DimExpression bound, DimExpression size) {
    return size.value().isEmpty()
        && bound.value().isPresent()
        && context.isBoundless(bound.value().getAsLong(), size);
  }

  /// Operators that are followed on plain numbers only.
  private static @Nullable DimExpression ofNumbers(
      String op, OptionalLong left, OptionalLong right) {
    if (left.isEmpty() || right.isEmpty()) {
      return null;
    }
    long a = left.getAsLong();
    long b = right.getAsLong();
    return switch (op) {
      case "Greater" -> truth(a > b);
      case "GreaterOrEqual" -> truth(a >= b);
      case "Less" -> truth(a < b);
      case "LessOrEqual" -> truth(a <= b);
      case "And" -> truth(a != 0 && b != 0);
      case "Or" -> truth(a != 0 || b != 0);
      case "Xor" -> truth(a != b);
      case "Mod" -> a >= 0 && b > 0 ? DimExpression.of(a % b) : null;
      default -> null;
    };
  }

  private static DimExpression truth(boolean value) {
    return DimExpression.of(value ? 1 : 0);
  }

  /// ONNX divides integers towards zero: the floor for sizes, which are not negative.
  private static @Nullable DimExpression divide(DimExpression dividend, DimExpression divisor) {
    if (divisor.is(0)) {
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

  private static @Nullable DimExpression equal(DimExpression left, DimExpression right) {
    OptionalLong difference = left.minus(right).value();
    if (difference.isPresent()) {
      return truth(difference.getAsLong() == 0);
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
    Shape common =
        DimArithmetic.broadcast(
            DimArithmetic.broadcast(condition.shape(), yes.shape()), no.shape());
    Optional<long[]> truth = condition.expand(common).flatMap(KnownIntegers::numbers);
    Optional<KnownIntegers> left = yes.expand(common);
    Optional<KnownIntegers> right = no.expand(common);
    if (truth.isEmpty() || left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    List<@Nullable DimExpression> chosen = new ArrayList<>();
    for (int i = 0; i < truth.get().length; i++) {
      KnownIntegers from = truth.get()[i] != 0 ? left.get() : right.get();
      chosen.add(from.elements().get(i));
    }
    return Optional.of(new KnownIntegers(chosen, common));
  }
}
