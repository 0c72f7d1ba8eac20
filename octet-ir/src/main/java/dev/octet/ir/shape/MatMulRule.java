package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Matrix products with NumPy's treatment of ranks: leading axes broadcast, vectors get an axis for
/// the while.
final class MatMulRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of(
        "MatMul",
        "MatMulInteger",
        "QLinearMatMul",
        "com.microsoft:MatMulInteger16",
        "com.microsoft:MatMulIntegerToFloat",
        "com.microsoft:DynamicQuantizeMatMul");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    String op = context.node().opType();
    int right = op.equals("QLinearMatMul") ? 3 : 1;
    Optional<DataType> type =
        switch (op) {
          case "MatMulInteger", "MatMulInteger16" -> Optional.of(DataType.INT32);
          case "QLinearMatMul" -> context.dataType(7);
          case "MatMulIntegerToFloat" -> context.dataType(2);
          default -> context.dataType(0);
        };
    Optional<Shape> a = context.shape(0);
    Optional<Shape> b = context.shape(right);
    return context.tensor(
        type,
        a.isEmpty() || b.isEmpty()
            ? Optional.empty()
            : Optional.of(product(context, a.get(), b.get())));
  }

  /// @throws ImpossibleShape when the inner dimensions differ
  static Shape product(ShapeContext context, Shape left, Shape right) {
    if (left.rank() == 0 || right.rank() == 0) {
      throw new ImpossibleShape("a scalar in a matrix product");
    }
    Dim inner = left.dim(left.rank() - 1);
    Dim other = right.dim(Math.max(0, right.rank() - 2));
    if (inner instanceof Dim.Known(long a) && other instanceof Dim.Known(long b) && a != b) {
      throw new ImpossibleShape("inner dimensions differ in " + left + " times " + right);
    }
    context.mustBeEqual(inner, other);
    Shape leading =
        context.broadcast(
            Shape.of(left.dims().subList(0, Math.max(0, left.rank() - 2))),
            Shape.of(right.dims().subList(0, Math.max(0, right.rank() - 2))));
    List<Dim> dims = new ArrayList<>(leading.dims());
    if (left.rank() > 1) {
      dims.add(left.dim(left.rank() - 2));
    }
    if (right.rank() > 1) {
      dims.add(right.dim(right.rank() - 1));
    }
    return Shape.of(dims);
  }
}
