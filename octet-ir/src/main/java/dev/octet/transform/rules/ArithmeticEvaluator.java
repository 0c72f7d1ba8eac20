package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Elementwise arithmetic whose result every implementation agrees on to the last bit: the four
/// operations, square root, reciprocal, sign changes and comparisons, on FLOAT, INT32 and INT64.
final class ArithmeticEvaluator implements ConstantEvaluator {
  private static final Set<String> OF_FLOATS = Set.of("Ceil", "Floor", "Reciprocal", "Sqrt");

  @Override
  public List<String> operators() {
    return List.of(
        "Abs",
        "Add",
        "Ceil",
        "Div",
        "Floor",
        "Max",
        "Min",
        "Mul",
        "Neg",
        "Reciprocal",
        "Relu",
        "Sqrt",
        "Sub");
  }

  @Override
  public Optional<DenseTensor> evaluate(
      Node node, List<@Nullable DenseTensor> inputs, long[] dims) {
    DenseTensor left = inputs.getFirst();
    DenseTensor right = inputs.size() > 1 ? inputs.get(1) : left;
    if (left == null || right == null || inputs.size() > 2 || left.dataType() != right.dataType()) {
      return Optional.empty();
    }
    BroadcastIndex a = new BroadcastIndex(left.dims(), dims);
    BroadcastIndex b = new BroadcastIndex(right.dims(), dims);
    int count = Math.toIntExact(a.count());
    String op = node.opType();
    return switch (left.dataType()) {
      case FLOAT -> {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
          float x = (float) left.doubleAt(a.next());
          values[i] = apply(op, x, (float) right.doubleAt(b.next()));
        }
        yield Optional.of(DenseTensor.ofFloats(values, dims));
      }
      case INT64 -> integers(op, left, right, a, b, count).map(v -> DenseTensor.ofLongs(v, dims));
      case INT32 ->
          integers(op, left, right, a, b, count)
              .map(
                  values -> {
                    int[] narrow = new int[count];
                    for (int i = 0; i < count; i++) {
                      narrow[i] = (int) values[i];
                    }
                    return DenseTensor.ofInts(narrow, dims);
                  });
      default -> Optional.empty();
    };
  }

  private static Optional<long[]> integers(
      String op,
      DenseTensor left,
      DenseTensor right,
      BroadcastIndex a,
      BroadcastIndex b,
      int count) {
    boolean known = !OF_FLOATS.contains(op);
    long[] values = new long[count];
    for (int i = 0; i < count && known; i++) {
      long x = left.longAt(a.next());
      long y = right.longAt(b.next());
      if (op.equals("Div") && y == 0) {
        return Optional.empty();
      }
      values[i] = apply(op, x, y);
    }
    return known ? Optional.of(values) : Optional.empty();
  }

  private static float apply(String op, float x, float y) {
    return switch (op) {
      case "Abs" -> Math.abs(x);
      case "Add" -> x + y;
      case "Ceil" -> (float) Math.ceil(x);
      case "Div" -> x / y;
      case "Floor" -> (float) Math.floor(x);
      case "Max" -> Math.max(x, y);
      case "Min" -> Math.min(x, y);
      case "Mul" -> x * y;
      case "Neg" -> -x;
      case "Reciprocal" -> 1 / x;
      case "Relu" -> Math.max(x, 0);
      case "Sqrt" -> (float) Math.sqrt(x);
      case "Sub" -> x - y;
      default -> throw new IllegalStateException(op);
    };
  }

  private static long apply(String op, long x, long y) {
    return switch (op) {
      case "Abs" -> Math.abs(x);
      case "Add" -> x + y;
      case "Div" -> x / y;
      case "Max" -> Math.max(x, y);
      case "Min" -> Math.min(x, y);
      case "Mul" -> x * y;
      case "Neg" -> -x;
      case "Relu" -> Math.max(x, 0);
      case "Sub" -> x - y;
      default -> throw new IllegalStateException(op);
    };
  }

  /// Walks an operand in the order of the output's elements.
  private static final class BroadcastIndex {
    private final long[] dims;
    private final long[] strides;
    private final long[] index;
    private long position;

    BroadcastIndex(List<Long> operand, long[] dims) {
      this.dims = dims;
      this.strides = new long[dims.length];
      this.index = new long[dims.length];
      long stride = 1;
      for (int i = operand.size() - 1; i >= 0; i--) {
        strides[dims.length - operand.size() + i] = operand.get(i) == 1 ? 0 : stride;
        stride *= operand.get(i);
      }
    }

    long count() {
      long count = 1;
      for (long dim : dims) {
        count = Math.multiplyExact(count, dim);
      }
      return count;
    }

    long next() {
      long current = position;
      for (int axis = dims.length - 1; axis >= 0; axis--) {
        position += strides[axis];
        if (++index[axis] < dims[axis]) {
          break;
        }
        position -= strides[axis] * dims[axis];
        index[axis] = 0;
      }
      return current;
    }
  }
}
