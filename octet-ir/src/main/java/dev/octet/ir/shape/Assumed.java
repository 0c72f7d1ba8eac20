package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The assumptions one inference makes, and what they were made at. Sizes taken for one stay so for
/// all walks; the rest is found anew by each.
final class Assumed {
  private final ShapeAssumptions allowed;
  private final Predicate<Place> mergeable;
  private final SizeEqualities equalities;
  private final Map<Place, Merge> merges = new LinkedHashMap<>();
  private final Set<ShapeReport.Assumption> others = new LinkedHashSet<>();

  /// @param mergeable where sizes may be taken for one, if anywhere
  Assumed(ShapeAssumptions allowed, Predicate<Place> mergeable, SizeEqualities equalities) {
    this.allowed = allowed;
    this.mergeable = mergeable;
    this.equalities = equalities;
  }

  /// One axis of what a node broadcasts its inputs to, counted from the last.
  record Place(Node node, int fromLast) {}

  /// Two sizes taken for one.
  record Merge(Dim left, Dim right) {
    @Override
    public String toString() {
      return left + " = " + right;
    }
  }

  /// Forgets what the next walk finds again.
  void forget() {
    others.clear();
  }

  /// Sizes taken for one, in the order met.
  Map<Place, Merge> merges() {
    return merges;
  }

  /// Whether a number stands for "no bound" on a size that is not known to be smaller. Noted where
  /// that is an assumption.
  ///
  /// @param size what is bounded
  boolean isBoundless(Node node, long bound, DimExpression size) {
    if (bound < allowed.boundless()) {
      return false;
    }
    if (bound < ShapeAssumptions.BOUNDLESS) {
      others.add(new ShapeReport.Assumption(node.describe(), size + " <= " + bound));
    }
    return true;
  }

  /// What two shapes broadcast to at `node`.
  ///
  /// @throws ImpossibleShape when two known sizes do not go together
  Shape broadcast(Node node, Shape left, Shape right) {
    Shape common = DimArithmetic.broadcast(left, right);
    if (allowed.broadcasts() == ShapeAssumptions.Broadcasts.OPEN) {
      return common;
    }
    List<Dim> dims = new ArrayList<>(common.dims());
    for (int fromLast = 0; fromLast < Math.min(left.rank(), right.rank()); fromLast++) {
      int axis = common.rank() - 1 - fromLast;
      Dim one = left.dim(left.rank() - 1 - fromLast);
      Dim other = right.dim(right.rank() - 1 - fromLast);
      if (dims.get(axis) instanceof Dim.Unknown
          && mergeable.test(new Place(node, fromLast))
          && equalities.assume(one, other)) {
        merges.putIfAbsent(new Place(node, fromLast), new Merge(one, other));
        dims.set(axis, equalities.apply(one));
      }
    }
    return Shape.of(dims);
  }

  /// What the outputs of a node without a rule are taken to hold.
  ShapeOutcome withoutRule(Node node, ShapeContext context) {
    if (allowed.withoutRule() == ShapeAssumptions.WithoutRule.UNKNOWN
        || context.dataType(0).isEmpty()
        || context.rank(0).isEmpty()) {
      return ShapeOutcome.unknown("no shape rule for this operator");
    }
    List<Dim> open = new ArrayList<>();
    for (int axis = 0; axis < context.rank(0).get(); axis++) {
      open.add(Dim.unknown());
    }
    ShapeOutcome.Output guess =
        ShapeOutcome.Output.of(context.dataType(0).get(), Shape.of(open))
            .because("no shape rule for this operator; its rank is guessed");
    others.add(
        new ShapeReport.Assumption(
            node.describe(),
            "computes %s of rank %d, as its first input is"
                .formatted(context.dataType(0).get(), context.rank(0).get())));
    return new ShapeOutcome.Inferred(node.outputs().stream().map(_ -> guess).toList());
  }

  List<ShapeReport.Assumption> made() {
    List<ShapeReport.Assumption> made = new ArrayList<>();
    merges.forEach(
        (place, merge) ->
            made.add(new ShapeReport.Assumption(place.node().describe(), merge.toString())));
    made.addAll(others);
    return made;
  }
}
