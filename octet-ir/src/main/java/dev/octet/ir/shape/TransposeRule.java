package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// `Transpose`; without `perm`, axes are reversed.
final class TransposeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Transpose");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    return context.likeInput(
        input -> {
          long[] perm = context.node().intsAttribute("perm").orElse(null);
          if (perm == null) {
            return Shape.of(input.dims().reversed());
          }
          if (perm.length != input.rank()) {
            throw new ImpossibleShape(perm.length + " axes permuted of " + input);
          }
          List<Dim> dims = new ArrayList<>();
          for (long axis : perm) {
            dims.add(input.dim(context.axis(axis, input.rank())));
          }
          return Shape.of(dims);
        });
  }
}
