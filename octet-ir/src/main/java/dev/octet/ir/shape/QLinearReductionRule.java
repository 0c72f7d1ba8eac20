package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Quantized means and selections of ONNX Runtime.
final class QLinearReductionRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("com.microsoft:QLinearReduceMean", "com.microsoft:QLinearWhere");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    if (context.node().opType().equals("QLinearWhere")) {
      return where(context);
    }
    boolean keep = context.node().intAttribute("keepdims", 1) != 0;
    long[] axes = context.node().intsAttribute("axes").orElse(null);
    return context.likeInput(
        input -> {
          Set<Integer> reduced = new HashSet<>();
          for (int i = 0; i < (axes == null ? input.rank() : axes.length); i++) {
            reduced.add(axes == null ? i : context.axis(axes[i], input.rank()));
          }
          List<Dim> dims = new ArrayList<>();
          for (int i = 0; i < input.rank(); i++) {
            if (!reduced.contains(i)) {
              dims.add(input.dim(i));
            } else if (keep) {
              dims.add(Dim.of(1));
            }
          }
          return Shape.of(dims);
        });
  }

  /// Condition, then data, scale and zero point of either side.
  private static ShapeOutcome where(ShapeContext context) {
    Optional<Shape> condition = context.shape(0);
    Optional<Shape> yes = context.shape(1);
    Optional<Shape> no = context.shape(4);
    boolean known = condition.isPresent() && yes.isPresent() && no.isPresent();
    return context.tensor(
        context.dataType(1),
        known
            ? Optional.of(
                context.broadcast(condition.get(), context.broadcast(yes.get(), no.get())))
            : Optional.empty());
  }
}
