package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `(x - mean(x)) / √(mean((x - mean(x))²) + ε)`, as `ReduceMean` and arithmetic.
///
/// @param x what is standardized
/// @param axes the axes of both means, as they are written; none stands for all
/// @param epsilon ε
/// @param nodes all nodes of the formula
record StandardizationPattern(Value x, List<Long> axes, double epsilon, Set<Node> nodes) {

  /// The formula whose last step is `quotient`: `d / √v`, or `d` multiplied with `1 / √v`.
  static Optional<StandardizationPattern> at(Node quotient, RewriteContext context) {
    if (quotient.is("Div")) {
      return match(quotient, 0, Root.SQUARE_ROOT, context);
    }
    if (quotient.is("Mul")) {
      return match(quotient, 0, Root.INVERSE, context)
          .or(() -> match(quotient, 1, Root.INVERSE, context));
    }
    return Optional.empty();
  }

  private static Optional<StandardizationPattern> match(
      Node quotient, int side, Root root, RewriteContext context) {
    Value difference = quotient.input(side).orElse(null);
    Value divisor = quotient.input(1 - side).orElse(null);
    if (difference == null || divisor == null) {
      return Optional.empty();
    }
    Matcher matcher = new Matcher(context);
    matcher.nodes.add(quotient);
    Value x = matcher.centered(difference);
    Value shifted = x == null ? null : matcher.radicand(divisor, root);
    if (x == null || shifted == null) {
      return Optional.empty();
    }
    Node sum = matcher.take(shifted, "Add");
    if (sum == null) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      Optional<Double> epsilon = ScalarConstants.input(sum, i, ScalarConstants.rank(x), context);
      Value variance = sum.input(1 - i).orElse(null);
      if (epsilon.isPresent()
          && epsilon.get() >= 0
          && variance != null
          && matcher.isVariance(variance, x)) {
        return Optional.of(
            new StandardizationPattern(
                x, matcher.axes(), epsilon.get(), new LinkedHashSet<>(matcher.nodes)));
      }
    }
    return Optional.empty();
  }

  /// What is done with the variance.
  private enum Root {
    SQUARE_ROOT,
    INVERSE
  }

  /// Follows the formula backwards.
  private static final class Matcher {
    private final RewriteContext context;
    private final Set<Node> nodes = new LinkedHashSet<>();
    private @Nullable List<Long> axes;

    Matcher(RewriteContext context) {
      this.context = context;
    }

    /// The axes of the means matched; all the same.
    List<Long> axes() {
      return axes == null ? List.of() : axes;
    }

    @Nullable Node take(Value value, String operator) {
      Node node = value.producer().filter(producer -> producer.is(operator)).orElse(null);
      if (node != null) {
        nodes.add(node);
      }
      return node;
    }

    /// `x` of `x - mean(x)`.
    @Nullable Value centered(Value value) {
      Node difference = take(value, "Sub");
      if (difference == null) {
        return null;
      }
      Value x = difference.input(0).orElseThrow();
      Value averaged = averaged(difference.input(1).orElseThrow());
      return x == averaged ? x : null;
    }

    /// What is under the root, of `√v`, or of `1 / √v`.
    @Nullable Value radicand(Value value, Root root) {
      if (value.producer().filter(node -> node.is("Pow")).isPresent()) {
        double power = root == Root.SQUARE_ROOT ? 0.5 : -0.5;
        Node node = take(value, "Pow");
        return node != null && isNumber(node, 1, power) ? node.input(0).orElse(null) : null;
      }
      if (root == Root.SQUARE_ROOT) {
        Node node = take(value, "Sqrt");
        return node == null ? null : node.input(0).orElse(null);
      }
      Node inverse = take(value, "Reciprocal");
      if (inverse != null) {
        return radicand(inverse.input(0).orElseThrow(), Root.SQUARE_ROOT);
      }
      Node division = take(value, "Div");
      return division != null && isNumber(division, 0, 1)
          ? radicand(division.input(1).orElseThrow(), Root.SQUARE_ROOT)
          : null;
    }

    /// Whether `value` is the mean of `(x - mean(x))²`.
    boolean isVariance(Value value, Value x) {
      Value square = averaged(value);
      if (square == null) {
        return false;
      }
      Node power = take(square, "Pow");
      if (power != null) {
        return isNumber(power, 1, 2) && x == centered(power.input(0).orElseThrow());
      }
      Node product = take(square, "Mul");
      return product != null
          && x == centered(product.input(0).orElseThrow())
          && x == centered(product.input(1).orElseThrow());
    }

    /// What a mean over the axes of the other means is taken of, the axes kept with size 1.
    private @Nullable Value averaged(Value value) {
      Node mean = take(value, "ReduceMean");
      if (mean == null || mean.intAttribute("keepdims", 1) != 1) {
        return null;
      }
      List<Long> found = axesOf(mean);
      if (found == null || (axes != null && !axes.equals(found))) {
        return null;
      }
      axes = found;
      return mean.input(0).orElseThrow();
    }

    /// Null when they are not constant, or when there are none and that means no mean at all.
    private @Nullable List<Long> axesOf(Node mean) {
      List<Long> found = new ArrayList<>();
      if (mean.input(1).isPresent()) {
        DenseTensor tensor = context.constantInput(mean, 1).orElse(null);
        if (tensor == null || !tensor.dataType().isInteger()) {
          return null;
        }
        for (long i = 0; i < tensor.elementCount(); i++) {
          found.add(tensor.longAt(i));
        }
      } else {
        mean.intsAttribute("axes").ifPresent(axes -> Arrays.stream(axes).forEach(found::add));
      }
      boolean none = found.isEmpty() && mean.intAttribute("noop_with_empty_axes", 0) != 0;
      return none ? null : found;
    }

    private boolean isNumber(Node node, int index, double number) {
      Value other = node.input(1 - index).orElse(null);
      return other != null
          && ScalarConstants.input(node, index, ScalarConstants.rank(other), context)
              .filter(found -> found == number)
              .isPresent();
    }
  }
}
