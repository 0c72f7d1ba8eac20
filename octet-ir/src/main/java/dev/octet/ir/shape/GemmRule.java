package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import java.util.List;
import java.util.Optional;

/// `alpha * A' * B' + beta * C` on matrices.
final class GemmRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Gemm", "com.microsoft:QGemm", "com.microsoft:FusedGemm");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    boolean quantized = node.opType().equals("QGemm");
    Optional<Shape> a = context.shape(0);
    Optional<Shape> b = context.shape(quantized ? 3 : 1);
    Dim rows = side(a, node.intAttribute("transA", 0) == 0 ? 0 : 1);
    Dim columns = side(b, node.intAttribute("transB", 0) == 0 ? 1 : 0);
    Dim inner = side(a, node.intAttribute("transA", 0) == 0 ? 1 : 0);
    Dim other = side(b, node.intAttribute("transB", 0) == 0 ? 0 : 1);
    if (inner instanceof Dim.Known(long m) && other instanceof Dim.Known(long n) && m != n) {
      throw new ImpossibleShape("inner dimensions " + m + " and " + n + " differ");
    }
    context.mustBeEqual(inner, other);
    Optional<DataType> type = context.dataType(0);
    if (quantized) {
      // Without an output scale the result stays in float.
      type = context.has(7) ? context.dataType(8) : context.dataType(1);
    }
    return context.tensor(type, Optional.of(Shape.of(List.of(rows, columns))));
  }

  private static Dim side(Optional<Shape> matrix, int axis) {
    if (matrix.isPresent() && matrix.get().rank() != 2) {
      throw new ImpossibleShape("a tensor of rank " + matrix.get().rank() + " is no matrix");
    }
    return matrix.map(shape -> shape.dim(axis)).orElseGet(Dim::unknown);
  }
}
