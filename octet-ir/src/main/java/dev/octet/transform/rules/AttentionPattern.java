package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `softmax(s·q·kᵀ + mask)·v`, as `MatMul`, `Softmax` and arithmetic.
///
/// @param query q, without constant factors
/// @param transposedKey kᵀ, without constant factors after the transposition
/// @param transpose what computes kᵀ and can go; null when it must stay, or there is none
/// @param value v
/// @param mask what is added to the scaled products; null when nothing is
/// @param scale s, all constant factors multiplied
/// @param softmax the softmax
/// @param fusion all nodes of the formula
record AttentionPattern(
    Value query,
    Value transposedKey,
    @Nullable Node transpose,
    Value value,
    @Nullable Value mask,
    double scale,
    Node softmax,
    Fusion fusion) {

  /// The formula whose last step is `last`.
  static Optional<AttentionPattern> at(Node last, RewriteContext context) {
    if (!last.is("MatMul")) {
      return Optional.empty();
    }
    Node softmax = producer(last.input(0).orElseThrow(), "Softmax");
    if (softmax == null) {
      return Optional.empty();
    }
    Value weighed = softmax.input(0).orElseThrow();
    Node sum = producer(weighed, "Add");
    if (sum == null) {
      return Optional.ofNullable(of(last, softmax, null, weighed, null, context));
    }
    for (int side = 0; side < 2; side++) {
      Value products = sum.input(side).orElseThrow();
      Value mask = sum.input(1 - side).orElseThrow();
      AttentionPattern found = of(last, softmax, sum, products, mask, context);
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  private static @Nullable AttentionPattern of(
      Node last,
      Node softmax,
      @Nullable Node sum,
      Value scaled,
      @Nullable Value mask,
      RewriteContext context) {
    Factors factors = new Factors(context);
    factors.fusion.add(last);
    factors.fusion.add(softmax);
    if (sum != null) {
      factors.fusion.add(sum);
    }
    Node products = producer(factors.strip(scaled), "MatMul");
    if (products == null) {
      return null;
    }
    factors.fusion.add(products);
    Value query = factors.strip(products.input(0).orElseThrow());
    Value key = factors.strip(products.input(1).orElseThrow());
    Node transpose = producer(key, "Transpose");
    if (transpose != null && context.onlyReader(key).isEmpty()) {
      transpose = null;
    }
    if (transpose != null) {
      factors.fusion.add(transpose);
    }
    return new AttentionPattern(
        query,
        key,
        transpose,
        last.input(1).orElseThrow(),
        mask,
        factors.product,
        softmax,
        factors.fusion);
  }

  private static @Nullable Node producer(Value value, String operator) {
    return value.producer().filter(node -> node.is(operator)).orElse(null);
  }

  /// Constant factors, taken off one by one.
  private static final class Factors {
    private final RewriteContext context;
    private final Fusion fusion = new Fusion();
    private double product = 1;

    Factors(RewriteContext context) {
      this.context = context;
    }

    /// What is left of a value only the formula reads.
    Value strip(Value value) {
      Node node = value.producer().orElse(null);
      if (node == null || context.onlyReader(value).isEmpty()) {
        return value;
      }
      int rank = ScalarConstants.rank(value);
      for (int side = node.is("Mul") ? 0 : 1; side < 2; side++) {
        Optional<Double> factor = ScalarConstants.input(node, side, rank, context);
        Value other = node.input(1 - side).orElse(null);
        if ((node.is("Mul") || node.is("Div"))
            && factor.isPresent()
            && factor.get() != 0
            && other != null
            && other.shape().filter(shape -> shape.rank() == rank).isPresent()) {
          product = node.is("Mul") ? product * factor.get() : product / factor.get();
          fusion.add(node);
          return strip(other);
        }
      }
      return value;
    }
  }
}
