package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What `Add`, `Sub`, `Mul`, `Div` and `Pow` make of a variable `x`, a gate `g` and numbers, as
/// a sum of terms `c·xⁿ·gᵐ`. Formulas that only differ in order and grouping have one polynomial.
final class GatedPolynomial {
  /// How far a formula's nodes are followed; nothing looked for is deeper.
  static final int MAX_DEPTH = 8;

  /// Relative distance of factors taken as equal: exporters write them with five digits or more.
  private static final double CLOSE = 1e-5;

  private static final int MAX_POWER = 3;

  private record Powers(int x, int gate) implements Comparable<Powers> {
    Powers times(Powers other) {
      return new Powers(x + other.x, gate + other.gate);
    }

    @Override
    public int compareTo(Powers other) {
      return x != other.x ? Integer.compare(x, other.x) : Integer.compare(gate, other.gate);
    }
  }

  private final Map<Powers, Double> terms = new TreeMap<>();

  private GatedPolynomial() {}

  static GatedPolynomial zero() {
    return new GatedPolynomial();
  }

  /// This, and the term `factor·x^power·g^gate`.
  GatedPolynomial plus(double factor, int power, int gate) {
    GatedPolynomial sum = new GatedPolynomial();
    sum.terms.putAll(terms);
    sum.terms.merge(new Powers(power, gate), factor, Double::sum);
    return sum;
  }

  /// Whether terms are the same and factors almost.
  boolean isClose(GatedPolynomial other) {
    return terms.keySet().equals(other.terms.keySet())
        && terms.entrySet().stream()
            .allMatch(
                term -> isClose(term.getValue(), other.terms.getOrDefault(term.getKey(), 0.0)));
  }

  private static boolean isClose(double factor, double wanted) {
    return Math.abs(factor - wanted) <= CLOSE * Math.abs(wanted);
  }

  private GatedPolynomial plus(GatedPolynomial other, double factor) {
    GatedPolynomial sum = new GatedPolynomial();
    sum.terms.putAll(terms);
    other.terms.forEach((powers, c) -> sum.terms.merge(powers, factor * c, Double::sum));
    return sum;
  }

  private GatedPolynomial times(GatedPolynomial other) {
    GatedPolynomial product = new GatedPolynomial();
    terms.forEach(
        (p, c) ->
            other.terms.forEach((q, d) -> product.terms.merge(p.times(q), c * d, Double::sum)));
    return product;
  }

  /// Works polynomials out from nodes and remembers the nodes.
  static final class Reader {
    private final Value x;
    private final @Nullable Value gate;
    private final RewriteContext context;
    private final Set<Node> nodes = new LinkedHashSet<>();

    /// @param gate null where there is none
    Reader(Value x, @Nullable Value gate, RewriteContext context) {
      this.x = x;
      this.gate = gate;
      this.context = context;
    }

    /// The arithmetic nodes between the variables and what was read.
    Set<Node> nodes() {
      return nodes;
    }

    /// Empty when anything else than the variables and numbers comes in.
    Optional<GatedPolynomial> read(Value value) {
      return read(value, 0);
    }

    private Optional<GatedPolynomial> read(Value value, int depth) {
      if (value == x) {
        return Optional.of(zero().plus(1, 1, 0));
      }
      if (value == gate) {
        return Optional.of(zero().plus(1, 0, 1));
      }
      Optional<Double> number = ScalarConstants.of(value, ScalarConstants.rank(x), context);
      if (number.isPresent()) {
        return Optional.of(zero().plus(number.get(), 0, 0));
      }
      Node node = value.producer().orElse(null);
      if (node == null || depth == MAX_DEPTH || !isArithmetic(node)) {
        return Optional.empty();
      }
      nodes.add(node);
      GatedPolynomial left = operand(node, 0, depth);
      if (left == null) {
        return Optional.empty();
      }
      if (node.is("Div") || node.is("Pow")) {
        return ScalarConstants.input(node, 1, ScalarConstants.rank(x), context)
            .flatMap(by -> node.is("Div") ? divided(left, by) : raised(left, by));
      }
      GatedPolynomial right = operand(node, 1, depth);
      if (right == null) {
        return Optional.empty();
      }
      return Optional.of(
          node.is("Mul") ? left.times(right) : left.plus(right, node.is("Add") ? 1 : -1));
    }

    private @Nullable GatedPolynomial operand(Node node, int index, int depth) {
      return node.input(index).flatMap(value -> read(value, depth + 1)).orElse(null);
    }

    private static Optional<GatedPolynomial> divided(GatedPolynomial dividend, double by) {
      return by == 0 ? Optional.empty() : Optional.of(zero().plus(dividend, 1 / by));
    }

    private static Optional<GatedPolynomial> raised(GatedPolynomial base, double power) {
      if (power != Math.rint(power) || power < 1 || power > MAX_POWER) {
        return Optional.empty();
      }
      GatedPolynomial product = base;
      for (int i = 1; i < power; i++) {
        product = product.times(base);
      }
      return Optional.of(product);
    }
  }

  /// Whether a node's result follows from its operands as a polynomial might.
  static boolean isArithmetic(Node node) {
    return node.is("Add") || node.is("Sub") || node.is("Mul") || node.is("Div") || node.is("Pow");
  }
}
