package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.shape.DimExpression;
import dev.octet.transform.RuleOutcome;
import java.util.Optional;

/// Nodes that change a tensor's shape but not the order of its elements, and the constant targets
/// of such nodes.
final class Reshapes {
  private Reshapes() {}

  /// Whether a node only changes the shape of its first input.
  static boolean is(Node node) {
    return node.is("Reshape") || node.is("Flatten") || node.is("Squeeze") || node.is("Unsqueeze");
  }

  /// The `Reshape` target that yields `shape`, with -1 for a dimension that is no number. Empty
  /// when more than one is none, or one is zero (which `Reshape` would take for "keep").
  static Optional<long[]> target(Shape shape) {
    long[] target = new long[shape.rank()];
    int open = 0;
    for (int i = 0; i < target.length; i++) {
      if (shape.dim(i) instanceof Dim.Known(long size)) {
        if (size == 0) {
          return Optional.empty();
        }
        target[i] = size;
      } else {
        target[i] = -1;
        open++;
      }
    }
    return open > 1 ? Optional.empty() : Optional.of(target);
  }

  /// That the shape a node yields has no [#target].
  static RuleOutcome withoutTarget(Node node) {
    return RuleOutcome.declined(
        "the shape it yields, "
            + node.output(0).shape().map(Shape::toString).orElse("unknown")
            + ", is not constant but for one dimension",
        node);
  }

  /// Whether what a node yields has the shape of its first input.
  ///
  /// @param what said of a node where it does
  static RuleOutcome keepsShape(Node node, String what) {
    Optional<Shape> before = node.input(0).flatMap(Value::shape);
    Optional<Shape> after = node.output(0).shape();
    if (before.isEmpty() || after.isEmpty()) {
      return RuleOutcome.declined("whether it changes the shape is not known", node);
    }
    return same(before.get(), after.get()) ? RuleOutcome.applied(what) : RuleOutcome.noMatch();
  }

  /// A `Reshape` of `data` to a constant target, without name or outputs so far. Adds the target as
  /// an initializer.
  static NodeSpec spec(GraphEditor editor, Graph graph, Value data, long[] target, String hint) {
    Value shape =
        editor.addInitializer(graph, hint + "_shape", DenseTensor.ofLongs(target, target.length));
    return NodeSpec.of("Reshape").inputs(data, shape);
  }

  /// Whether two shapes are provably equal, dimension by dimension.
  static boolean same(Shape left, Shape right) {
    if (left.rank() != right.rank()) {
      return false;
    }
    for (int i = 0; i < left.rank(); i++) {
      Optional<DimExpression> dim = DimExpression.of(left.dim(i));
      if (dim.isEmpty() || !dim.equals(DimExpression.of(right.dim(i)))) {
        return false;
      }
    }
    return true;
  }
}
