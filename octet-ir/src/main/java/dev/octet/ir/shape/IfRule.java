package dev.octet.ir.shape;

import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `If`: what both branches yield, or the one that a known condition takes.
final class IfRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("If");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    List<@Nullable Output> yes = context.inferSubgraph(context.subgraph("then_branch"), List.of());
    List<@Nullable Output> no = context.inferSubgraph(context.subgraph("else_branch"), List.of());
    Optional<long[]> condition = context.numbers(0).filter(truth -> truth.length == 1);
    if (condition.isPresent()) {
      return new ShapeOutcome.Inferred(condition.get()[0] != 0 ? yes : no);
    }
    List<@Nullable Output> outputs = new ArrayList<>();
    for (int i = 0; i < Math.min(yes.size(), no.size()); i++) {
      outputs.add(either(yes.get(i), no.get(i)));
    }
    return new ShapeOutcome.Inferred(outputs);
  }

  private static @Nullable Output either(@Nullable Output yes, @Nullable Output no) {
    if (yes == null || no == null) {
      return null;
    }
    var joined = TypeJoin.join(yes.type(), no.type());
    if (joined == null) {
      return null;
    }
    KnownIntegers left = yes.integers();
    KnownIntegers right = no.integers();
    // Elements that both branches agree on are known whichever runs.
    KnownIntegers both =
        left == null || right == null || !left.shape().equals(right.shape())
            ? null
            : left.combine(right, (a, b) -> a != null && a.equals(b) ? a : null).orElse(null);
    boolean full = ShapeCounts.isFull(Optional.of(joined));
    return new Output(joined, both, full ? null : "its size depends on which branch runs");
  }
}
