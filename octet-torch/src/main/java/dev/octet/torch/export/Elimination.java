package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/// Systems of linear equations by Gauss and Jordan's elimination: one column a round, with the
/// greatest number left in it as the pivot. ONNX has no operator for them.
final class Elimination {
  private Elimination() {}

  /// What elimination found out.
  ///
  /// @param work the matrix, now the identity, with whatever stood right of it carried along
  /// @param sign 1 or −1 by the number of rows exchanged, `[…, 1]`
  /// @param pivots of every column, `[n, …, 1]`
  private record Eliminated(Value work, Value sign, Value pivots) {}

  /// The sign and the logarithm of the absolute value of a determinant.
  record LogDeterminant(Value sign, Value log) {}

  /// `X` of `A · X = B`.
  ///
  /// @param a square matrices
  /// @param b as many matrices of as many rows
  /// @param n number of rows
  static Value solve(OnnxNodes onnx, Value a, Value b, Size n, DataType type) {
    Value both = onnx.add(NodeSpec.of("Concat").inputs(a, b).attribute("axis", -1));
    Eliminated done = eliminate(onnx, both, n, type, false);
    return SlicingTranslator.slice(onnx, done.work(), -1, n, Size.of(Long.MAX_VALUE), 1);
  }

  /// The inverses of square matrices.
  static Value inverse(OnnxNodes onnx, Value a, Size n, DataType type) {
    Value identities = onnx.add("Expand", identity(onnx, n, type), onnx.shapeOf(a));
    return solve(onnx, a, identities, n, type);
  }

  /// The determinants of square matrices, in a form that does not overflow.
  static LogDeterminant determinant(OnnxNodes onnx, Value a, Size n, DataType type) {
    Eliminated done = eliminate(onnx, a, n, type, true);
    Value first = onnx.vector(0);
    Value last = onnx.vector(-1);
    Value signs = reduced(onnx, "ReduceProd", onnx.add("Sign", done.pivots()), first);
    Value logs = reduced(onnx, "ReduceSum", onnx.add("Log", onnx.add("Abs", done.pivots())), first);
    return new LogDeterminant(
        onnx.add("Squeeze", onnx.add("Mul", signs, done.sign()), last),
        onnx.add("Squeeze", logs, last));
  }

  /// The identity matrix.
  static Value identity(OnnxNodes onnx, Size n, DataType type) {
    Value places = places(onnx, n);
    Value equal = onnx.add("Equal", onnx.add("Unsqueeze", places, onnx.vector(1)), places);
    return onnx.castTo(equal, type);
  }

  /// 0, 1, … n − 1.
  static Value places(OnnxNodes onnx, Size n) {
    return n instanceof Size.Fixed(long count)
        ? onnx.vector(LongStream.range(0, count).toArray())
        : onnx.add(
            "Range",
            onnx.scalar(DataType.INT64, 0),
            onnx.scalar(n),
            onnx.scalar(DataType.INT64, 1));
  }

  private static Value reduced(OnnxNodes onnx, String op, Value value, Value axes) {
    return onnx.add(NodeSpec.of(op).inputs(value, axes).attribute("keepdims", 0));
  }

  /// @param singular whether columns of zeros are to be left alone rather than divided by zero
  private static Eliminated eliminate(
      OnnxNodes onnx, Value work, Size n, DataType type, boolean singular) {
    Value rows = places(onnx, n);
    Value corner = SlicingTranslator.slice(onnx, work, -1, Size.of(0), Size.of(1), 1);
    Value first =
        onnx.add(
            NodeSpec.of("Gather")
                .inputs(corner, onnx.scalar(DataType.INT64, 0))
                .attribute("axis", -2));
    Value sign = onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(first));
    List<Value> results =
        Rounds.counted(
            onnx,
            onnx.scalar(n),
            List.of(work, sign),
            Collections.nCopies(3, type),
            (inside, k, state) -> round(inside, k, state, rows, type, singular));
    return new Eliminated(results.get(0), results.get(1), results.get(2));
  }

  private static List<Value> round(
      OnnxNodes onnx, Value k, List<Value> state, Value rows, DataType type, boolean singular) {
    Value work = state.get(0);
    Value zero = onnx.scalar(type, 0);
    Value here = onnx.add("Unsqueeze", k, onnx.vector(0));
    Value size = onnx.add("Abs", picked(onnx, work, k, -1));
    Value open =
        onnx.add("Where", onnx.add("GreaterOrEqual", rows, k), size, onnx.scalar(type, -1));
    Value place = onnx.add(NodeSpec.of("ArgMax").inputs(open).attribute("axis", -1));
    Value isPivot = onnx.add("Unsqueeze", onnx.add("Equal", rows, place), onnx.vector(-1));
    Value pivotRow = onnx.add("ReduceSum", onnx.add("Where", isPivot, work, zero), onnx.vector(-2));
    Value exchanged = onnx.add("Where", isPivot, picked(onnx, work, here, -2), work);
    Value pivot = picked(onnx, pivotRow, k, -1);
    Value divisor =
        singular
            ? onnx.add("Where", onnx.add("Equal", pivot, zero), onnx.scalar(type, 1), pivot)
            : pivot;
    Value unit = onnx.add("Div", pivotRow, onnx.add("Unsqueeze", divisor, onnx.vector(-1)));
    Value others =
        onnx.add("Sub", exchanged, onnx.add("Mul", picked(onnx, exchanged, here, -1), unit));
    Value isHere = onnx.add("Unsqueeze", onnx.add("Equal", rows, k), onnx.vector(1));
    Value sign =
        onnx.add("Where", onnx.add("Equal", place, k), state.get(1), onnx.add("Neg", state.get(1)));
    return new ArrayList<>(List.of(onnx.add("Where", isHere, unit, others), sign, pivot));
  }

  private static Value picked(OnnxNodes onnx, Value value, Value index, int axis) {
    return onnx.add(NodeSpec.of("Gather").inputs(value, index).attribute("axis", axis));
  }
}
