package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// Fourier transforms along one axis as products with constant matrices of cosines and sines, which
/// ONNX Runtime computes faster than its own `DFT` at the lengths networks use. Complex tensors are
/// pairs of real numbers in one more axis.
///
/// @param onnx writes the nodes
/// @param type of the real numbers, alone or in pairs
record Waves(OnnxNodes onnx, DataType type) {
  /// A longer transform would put more than 64 MB of constants into the model.
  static final int LONGEST = 2048;

  /// Real numbers to coefficients.
  ///
  /// @param rank of the real tensor
  /// @param factor of every coefficient
  /// @param oneSided whether those that are only conjugates of others are left out
  Value ofReal(Value x, int rank, int axis, int n, double factor, boolean oneSided) {
    int results = oneSided ? n / 2 + 1 : n;
    List<Long> order = last(rank, axis);
    Value turned = AxisOrderTranslator.transpose(onnx, x, order);
    Value real = onnx.add("MatMul", turned, matrix(n, results, factor, Math::cos));
    Value imaginary =
        onnx.add("MatMul", turned, matrix(n, results, factor, angle -> -Math.sin(angle)));
    return back(ComplexTranslator.joined(onnx, real, imaginary), order);
  }

  /// Complex numbers to coefficients, or back.
  ///
  /// @param rank of the complex tensor, without the pairs' axis
  Value ofComplex(Value z, int rank, int axis, int n, double factor, boolean forward) {
    List<Long> order = last(rank, axis);
    Value a = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 0), order);
    Value b = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 1), order);
    Value cos = matrix(n, n, factor, Math::cos);
    Value sin = matrix(n, n, factor, angle -> forward ? -Math.sin(angle) : Math.sin(angle));
    Value real = onnx.add("Sub", onnx.add("MatMul", a, cos), onnx.add("MatMul", b, sin));
    Value imaginary = onnx.add("Add", onnx.add("MatMul", a, sin), onnx.add("MatMul", b, cos));
    return back(ComplexTranslator.joined(onnx, real, imaginary), order);
  }

  /// Coefficients to the real numbers they are of. Half of them is enough: the others are their
  /// conjugates, so that all but the first and, for an even length, the last count twice.
  ///
  /// @param n number of results
  /// @param conjugate whether the coefficients' conjugates are meant
  Value toReal(Value z, int rank, int axis, int n, double factor, boolean conjugate) {
    int given = n / 2 + 1;
    List<Long> order = last(rank, axis);
    Value a = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 0), order);
    Value b = AxisOrderTranslator.transpose(onnx, ComplexTranslator.part(onnx, z, 1), order);
    double[] cos = inverse(n, factor, Math::cos);
    double[] sin = inverse(n, conjugate ? factor : -factor, Math::sin);
    Value sum =
        onnx.add(
            "Add",
            onnx.add("MatMul", a, onnx.numbers("waves", type, cos, given, n)),
            onnx.add("MatMul", b, onnx.numbers("waves", type, sin, given, n)));
    return AxisOrderTranslator.transpose(onnx, sum, reversed(order));
  }

  /// A function of an angle.
  interface Wave {
    double at(double angle);
  }

  /// What each of half the coefficients adds to each result, row by row.
  static double[] inverse(int n, double factor, Wave wave) {
    int given = n / 2 + 1;
    double[] matrix = new double[given * n];
    for (int k = 0; k < given; k++) {
      double weight = k == 0 || 2 * k == n ? factor : 2 * factor;
      for (int t = 0; t < n; t++) {
        matrix[k * n + t] = weight * wave.at(angle((long) k * t, n));
      }
    }
    return matrix;
  }

  /// So many steps around a circle of `n`. Whole turns are taken off first: sines of large angles
  /// lose digits.
  static double angle(long steps, int n) {
    return 2 * Math.PI * (steps % n) / n;
  }

  private Value matrix(int n, int results, double factor, Wave wave) {
    double[] matrix = new double[n * results];
    for (int t = 0; t < n; t++) {
      for (int k = 0; k < results; k++) {
        matrix[t * results + k] = factor * wave.at(angle((long) k * t, n));
      }
    }
    return onnx.numbers("waves", type, matrix, n, results);
  }

  private static List<Long> last(int rank, int axis) {
    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    order.add(order.remove(axis));
    return order;
  }

  private Value back(Value pairs, List<Long> order) {
    List<Long> back = reversed(order);
    back.add((long) back.size());
    return AxisOrderTranslator.transpose(onnx, pairs, back);
  }

  private static List<Long> reversed(List<Long> order) {
    Long[] inverse = new Long[order.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[(int) (long) order.get(i)] = (long) i;
    }
    return new ArrayList<>(List.of(inverse));
  }
}
