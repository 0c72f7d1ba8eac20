package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `Transpose`; without `perm`, axes are reversed.
final class TransposeRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Transpose");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Optional<Shape> input = context.shape(0);
    if (input.isEmpty()) {
      return context.likeInput(input);
    }
    int[] from = permutation(context, input.get());
    List<Dim> dims = new ArrayList<>();
    for (int axis : from) {
      dims.add(input.get().dim(axis));
    }
    return context.likeInput(
        Shape.of(dims),
        context
            .integers(0)
            .flatMap(
                known ->
                    known.pick(
                        Shape.of(dims),
                        index -> {
                          int[] own = new int[index.length];
                          for (int axis = 0; axis < index.length; axis++) {
                            own[from[axis]] = index[axis];
                          }
                          return known.position(own);
                        })));
  }

  private static int[] permutation(ShapeContext context, Shape input) {
    int rank = input.rank();
    long[] perm = context.node().intsAttribute("perm").orElse(null);
    if (perm != null && perm.length != rank) {
      throw new ImpossibleShape(perm.length + " axes permuted of " + input);
    }
    int[] from = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      from[axis] = perm == null ? rank - 1 - axis : context.axis(perm[axis], rank);
    }
    return from;
  }
}
