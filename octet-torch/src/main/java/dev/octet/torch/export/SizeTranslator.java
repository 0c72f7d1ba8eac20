package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.Term;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Sizes of tensors, integer arithmetic on them and comparisons → numbers where they are known,
/// `Shape` and INT64 arithmetic otherwise.
final class SizeTranslator implements AtenTranslator {
  private static final Map<String, String> ONNX_NAMES =
      Map.of(
          "add", "Add",
          "sub", "Sub",
          "mul", "Mul",
          "floordiv", "Div",
          "mod", "Mod",
          "sym_max", "Max",
          "sym_min", "Min");
  private static final Map<String, String> COMPARISONS =
      Map.of(
          "gt", "Greater",
          "ge", "GreaterOrEqual",
          "lt", "Less",
          "le", "LessOrEqual",
          "eq", "Equal");

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.sym_size",
        "aten.sym_numel",
        "_operator.add",
        "_operator.sub",
        "_operator.mul",
        "_operator.floordiv",
        "_operator.mod",
        "_operator.neg",
        "_operator.gt",
        "_operator.ge",
        "_operator.lt",
        "_operator.le",
        "_operator.eq",
        "torch.sym_max",
        "torch.sym_min");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    String expression = call.resultExpression();
    if (call.op().equals("sym_size")) {
      int axis = call.axis("dim", call.rank("self"));
      return switch (call.meta("self").sizes().get(axis)) {
        case SymInt.Known(long value) -> Translation.of(Size.of(value));
        case SymInt.Expression _ ->
            Translation.of(onnx.dimension(call.tensor("self"), axis, expression));
      };
    }
    if (call.op().equals("sym_numel")) {
      Value count = onnx.add("Size", call.tensor("self"));
      return Translation.of(
          new Size.Computed(onnx.add("Unsqueeze", count, onnx.vector(0)), expression));
    }
    List<Size> operands =
        call.node().arguments().stream().map(argument -> operand(call, argument)).toList();
    String comparison = COMPARISONS.get(call.op());
    if (comparison != null) {
      return Translation.of(
          onnx.add(
              comparison,
              onnx.sizes(List.of(operands.get(0))),
              onnx.sizes(List.of(operands.get(1)))));
    }
    if (call.op().equals("neg")) {
      operands = List.of(Size.of(0), operands.getFirst());
    }
    String op = ONNX_NAMES.getOrDefault(call.op(), "Sub");
    Size left = operands.get(0);
    Size right = operands.get(1);
    if (left instanceof Size.Fixed(long a) && right instanceof Size.Fixed(long b)) {
      return Translation.of(Size.of(fixed(op, a, b)));
    }
    Value value =
        onnx.add(NodeSpec.of(op).inputs(onnx.sizes(List.of(left)), onnx.sizes(List.of(right))));
    return Translation.of(new Size.Computed(value, expression));
  }

  // Sizes are not negative, so that ONNX's truncating division is the floor that is asked for.
  private static long fixed(String op, long left, long right) {
    return switch (op) {
      case "Add" -> Math.addExact(left, right);
      case "Sub" -> Math.subtractExact(left, right);
      case "Mul" -> Math.multiplyExact(left, right);
      case "Div" -> right == 0 ? zeroDivision() : Math.floorDiv(left, right);
      case "Mod" -> right == 0 ? zeroDivision() : Math.floorMod(left, right);
      case "Max" -> Math.max(left, right);
      default -> Math.min(left, right);
    };
  }

  private static long zeroDivision() {
    throw new UnsupportedArgument("a size is divided by zero");
  }

  private static Size operand(Call call, NamedArgument argument) {
    return switch (argument.value()) {
      case AtenArgument.IntValue(long value) -> Size.of(value);
      case AtenArgument.SymIntValue(Term<Long> term) -> call.size(term);
      default -> throw new UnsupportedArgument("an operand is no integer: " + argument.value());
    };
  }
}
